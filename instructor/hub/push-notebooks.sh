#!/usr/bin/env bash
# Put the notebooks that the built pages offer on the branch `notebooks`, for Colab, Binder and a hub, which would open a
# chapter's source with its directives as text. Each time adds a commit, so that a student's copy can follow.
#   instructor/hub/push-notebooks.sh [remote]
set -euo pipefail
cd "$(dirname "$0")/../.."
remote=${1:-origin}
notebooks=_build/html/_sources
if [ ! -d "$notebooks/chapters" ]; then
  echo "There is no built site yet: run 'make book' first." >&2
  exit 1
fi
GIT_DIR=$(git rev-parse --absolute-git-dir)
GIT_INDEX_FILE=$(mktemp --dry-run)  # the checkout and what is staged in it stay as they are
export GIT_DIR GIT_INDEX_FILE
trap 'rm -f "$GIT_INDEX_FILE"' EXIT
(cd "$notebooks" && git --work-tree=. add --force -- '*.ipynb')
tree=$(git write-tree)
parent=$(git ls-remote "$remote" refs/heads/notebooks | cut -f 1)
if [ -n "$parent" ]; then
  git fetch --quiet "$remote" "$parent"
  if [ "$(git rev-parse "$parent^{tree}")" = "$tree" ]; then
    echo "The branch notebooks has them already."
    exit
  fi
fi
commit=$(git commit-tree "$tree" ${parent:+-p "$parent"} -m "Notebooks of $(git rev-parse --short HEAD)")
git push --quiet "$remote" "$commit:refs/heads/notebooks"
