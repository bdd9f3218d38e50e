# sh lib/install/apt_pure.sh FOLDER PACKAGE... : links the pure-Python modules of installed Debian packages into FOLDER,
# which env.sh puts on PYTHONPATH: so a runtime sees them that Debian did not mean them for. A module with compiled parts in
# it is left out, since those fit CPython only.
set -eu

folder=$1
shift
mkdir -p "$folder"
for package in "$@"; do
	dpkg -L "$package" | sed -n 's#^/usr/lib/python3/dist-packages/\([^/]*\)$#\1#p' | while read -r name; do
		from=/usr/lib/python3/dist-packages/$name
		case $name in
		*.so | __pycache__) continue ;;
		esac
		if [ -d "$from" ] && [ -n "$(find "$from/" -name '*.so' -print -quit)" ]; then
			echo "labctl: $name of $package has compiled parts: left out"
			continue
		fi
		ln -sfn "$from" "$folder/$name"
	done
done
