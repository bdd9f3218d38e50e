# sh lib/install/apt_pure.sh FOLDER PACKAGE... : links the pure-Python modules of installed Debian packages into FOLDER,
# which env.sh puts on PYTHONPATH: so a runtime sees them that Debian did not mean them for. A package with compiled parts is
# left out as a whole, since those fit CPython only and half of a package is worse than none.
set -eu

folder=$1
shift
mkdir -p "$folder"
for package in "$@"; do
	files=$(dpkg -L "$package")
	files=$(printf '%s\n' "$files" | sed -n 's#^/usr/lib/python3/dist-packages/##p')
	if printf '%s\n' "$files" | grep -q '\.so$'; then
		echo "labctl: $package has compiled parts: left out"
		continue
	fi
	printf '%s\n' "$files" | grep -v -e / -e '^$' -e '^__pycache__$' | while read -r name; do
		ln -sfn "/usr/lib/python3/dist-packages/$name" "$folder/$name"
	done
done
