# bash completion for proa; `proa completion bash` prints this.

# Sets words, flags, valued, operands and stops for the command whose path is $1.
_proa_command() {
    words= flags= valued= operands= stops=
    case $1 in
    '')
        words='run exec ps pull push images login logout search version info attach cp create export history import inspect kill load logs port rename restart rm rmi save start stop tag top wait container image manifest network system volume completion'
        flags='--config --context -c --debug -D --log-level -l --version -v --help'
        valued='--config --context -c --host -H --log-level -l --tlscacert --tlscert --tlskey' ;;
    'run')
        flags='--attach -a --cidfile --help --interactive -i --name --platform --pull --quiet -q --restart --rm --tty -t --entrypoint --init --stop-signal --stop-timeout --user -u --workdir -w --pid --env -e --env-file --annotation --label -l --label-file --mount --read-only --shm-size --tmpfs --volume -v --volumes-from --volume-driver --device --add-host --dns --dns-option --dns-search --domainname --expose --hostname -h --network --uts --publish -p --publish-all -P --ip --ip6 --mac-address --network-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --privileged --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --no-healthcheck --log-driver --log-opt --detach -d --detach-keys --sig-proxy'
        valued='--attach -a --cidfile --name --platform --pull --restart --entrypoint --stop-signal --stop-timeout --user -u --workdir -w --pid --runtime --isolation --env -e --env-file --annotation --label -l --label-file --mount --shm-size --tmpfs --volume -v --volumes-from --volume-driver --storage-opt --device --add-host --dns --dns-option --dns-opt --dns-search --domainname --expose --hostname -h --network --net --uts --publish -p --ip --ip6 --mac-address --network-alias --net-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --memory -m --memory-reservation --memory-swap --cpus --pids-limit --cpu-shares -c --cpuset-cpus --blkio-weight --blkio-weight-device --cgroup-parent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpuset-mems --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --gpus --memory-swappiness --kernel-memory --cpu-count --cpu-percent --io-maxbandwidth --io-maxiops --health-cmd --health-interval --health-retries --health-start-interval --health-start-period --health-timeout --log-driver --log-opt --detach-keys'
        operands='images'
        stops=1 ;;
    'exec')
        flags='--detach -d --detach-keys --env -e --env-file --interactive -i --privileged --tty -t --user -u --workdir -w --help'
        valued='--detach-keys --env -e --env-file --user -u --workdir -w'
        operands='containers'
        stops=1 ;;
    'ps')
        flags='--all -a --filter -f --format --last -n --latest -l --no-trunc --quiet -q --size -s --help'
        valued='--filter -f --format --last -n' ;;
    'pull')
        flags='--all-tags -a --platform --progress --quiet -q --help'
        valued='--platform --progress'
        operands='images' ;;
    'push')
        flags='--all-tags -a --compression-format --compression-level --platform --progress --quiet -q --help'
        valued='--compression-format --compression-level --platform --progress'
        operands='images' ;;
    'images')
        flags='--all -a --digests --filter -f --format --no-trunc --quiet -q --tree --help'
        valued='--filter -f --format'
        operands='images' ;;
    'login')
        flags='--password -p --password-stdin --username -u --help'
        valued='--password -p --username -u' ;;
    'logout')
        flags='--help' ;;
    'search')
        flags='--filter -f --format --limit --no-trunc --help'
        valued='--filter -f --format --limit' ;;
    'version')
        flags='--format -f --help'
        valued='--format -f' ;;
    'info')
        flags='--format -f --help'
        valued='--format -f' ;;
    'attach')
        flags='--detach-keys --no-stdin --sig-proxy --help'
        valued='--detach-keys'
        operands='containers' ;;
    'cp')
        flags='--archive -a --follow-link -L --quiet -q --help'
        operands='containers' ;;
    'create')
        flags='--attach -a --cidfile --help --interactive -i --name --platform --pull --quiet -q --restart --rm --tty -t --entrypoint --init --stop-signal --stop-timeout --user -u --workdir -w --pid --env -e --env-file --annotation --label -l --label-file --mount --read-only --shm-size --tmpfs --volume -v --volumes-from --volume-driver --device --add-host --dns --dns-option --dns-search --domainname --expose --hostname -h --network --uts --publish -p --publish-all -P --ip --ip6 --mac-address --network-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --privileged --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --no-healthcheck --log-driver --log-opt'
        valued='--attach -a --cidfile --name --platform --pull --restart --entrypoint --stop-signal --stop-timeout --user -u --workdir -w --pid --runtime --isolation --env -e --env-file --annotation --label -l --label-file --mount --shm-size --tmpfs --volume -v --volumes-from --volume-driver --storage-opt --device --add-host --dns --dns-option --dns-opt --dns-search --domainname --expose --hostname -h --network --net --uts --publish -p --ip --ip6 --mac-address --network-alias --net-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --memory -m --memory-reservation --memory-swap --cpus --pids-limit --cpu-shares -c --cpuset-cpus --blkio-weight --blkio-weight-device --cgroup-parent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpuset-mems --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --gpus --memory-swappiness --kernel-memory --cpu-count --cpu-percent --io-maxbandwidth --io-maxiops --health-cmd --health-interval --health-retries --health-start-interval --health-start-period --health-timeout --log-driver --log-opt'
        operands='images'
        stops=1 ;;
    'export')
        flags='--output -o --help'
        valued='--output -o'
        operands='containers' ;;
    'history')
        flags='--format --human -H --no-trunc --platform --quiet -q --help'
        valued='--format --platform'
        operands='images' ;;
    'import')
        flags='--change -c --message -m --platform --help'
        valued='--change -c --message -m --platform' ;;
    'inspect')
        flags='--format -f --size -s --type --help'
        valued='--format -f --type'
        operands='containers' ;;
    'kill')
        flags='--signal -s --help'
        valued='--signal -s'
        operands='containers' ;;
    'load')
        flags='--input -i --platform --quiet -q --help'
        valued='--input -i --platform' ;;
    'logs')
        flags='--details --follow -f --since --tail -n --timestamps -t --until --help'
        valued='--since --tail -n --until'
        operands='containers' ;;
    'port')
        flags='--help'
        operands='containers' ;;
    'rename')
        flags='--help'
        operands='containers' ;;
    'restart')
        flags='--signal -s --timeout -t --help'
        valued='--signal -s --timeout -t --time'
        operands='containers' ;;
    'rm')
        flags='--force -f --volumes -v --help'
        operands='containers' ;;
    'rmi')
        flags='--force -f --no-prune --platform --help'
        valued='--platform'
        operands='images' ;;
    'save')
        flags='--output -o --platform --format --help'
        valued='--output -o --platform --format'
        operands='images' ;;
    'start')
        flags='--attach -a --detach-keys --interactive -i --help'
        valued='--checkpoint --checkpoint-dir --detach-keys'
        operands='containers' ;;
    'stop')
        flags='--signal -s --timeout -t --help'
        valued='--signal -s --timeout -t --time'
        operands='containers' ;;
    'tag')
        flags='--help'
        operands='images'
        stops=1 ;;
    'top')
        flags='--help'
        operands='containers'
        stops=1 ;;
    'wait')
        flags='--help'
        operands='containers' ;;
    'container')
        words='attach cp create exec export inspect kill logs ls list ps port prune rename restart rm remove run start stop top wait'
        flags='--help' ;;
    'container attach')
        flags='--detach-keys --no-stdin --sig-proxy --help'
        valued='--detach-keys'
        operands='containers' ;;
    'container cp')
        flags='--archive -a --follow-link -L --quiet -q --help'
        operands='containers' ;;
    'container create')
        flags='--attach -a --cidfile --help --interactive -i --name --platform --pull --quiet -q --restart --rm --tty -t --entrypoint --init --stop-signal --stop-timeout --user -u --workdir -w --pid --env -e --env-file --annotation --label -l --label-file --mount --read-only --shm-size --tmpfs --volume -v --volumes-from --volume-driver --device --add-host --dns --dns-option --dns-search --domainname --expose --hostname -h --network --uts --publish -p --publish-all -P --ip --ip6 --mac-address --network-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --privileged --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --no-healthcheck --log-driver --log-opt'
        valued='--attach -a --cidfile --name --platform --pull --restart --entrypoint --stop-signal --stop-timeout --user -u --workdir -w --pid --runtime --isolation --env -e --env-file --annotation --label -l --label-file --mount --shm-size --tmpfs --volume -v --volumes-from --volume-driver --storage-opt --device --add-host --dns --dns-option --dns-opt --dns-search --domainname --expose --hostname -h --network --net --uts --publish -p --ip --ip6 --mac-address --network-alias --net-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --memory -m --memory-reservation --memory-swap --cpus --pids-limit --cpu-shares -c --cpuset-cpus --blkio-weight --blkio-weight-device --cgroup-parent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpuset-mems --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --gpus --memory-swappiness --kernel-memory --cpu-count --cpu-percent --io-maxbandwidth --io-maxiops --health-cmd --health-interval --health-retries --health-start-interval --health-start-period --health-timeout --log-driver --log-opt'
        operands='images'
        stops=1 ;;
    'container exec')
        flags='--detach -d --detach-keys --env -e --env-file --interactive -i --privileged --tty -t --user -u --workdir -w --help'
        valued='--detach-keys --env -e --env-file --user -u --workdir -w'
        operands='containers'
        stops=1 ;;
    'container export')
        flags='--output -o --help'
        valued='--output -o'
        operands='containers' ;;
    'container inspect')
        flags='--format -f --size -s --help'
        valued='--format -f'
        operands='containers' ;;
    'container kill')
        flags='--signal -s --help'
        valued='--signal -s'
        operands='containers' ;;
    'container logs')
        flags='--details --follow -f --since --tail -n --timestamps -t --until --help'
        valued='--since --tail -n --until'
        operands='containers' ;;
    'container ls'|'container list'|'container ps')
        flags='--all -a --filter -f --format --last -n --latest -l --no-trunc --quiet -q --size -s --help'
        valued='--filter -f --format --last -n' ;;
    'container port')
        flags='--help'
        operands='containers' ;;
    'container prune')
        flags='--dry-run --filter --force -f --help'
        valued='--filter' ;;
    'container rename')
        flags='--help'
        operands='containers' ;;
    'container restart')
        flags='--signal -s --timeout -t --help'
        valued='--signal -s --timeout -t --time'
        operands='containers' ;;
    'container rm'|'container remove')
        flags='--force -f --volumes -v --help'
        operands='containers' ;;
    'container run')
        flags='--attach -a --cidfile --help --interactive -i --name --platform --pull --quiet -q --restart --rm --tty -t --entrypoint --init --stop-signal --stop-timeout --user -u --workdir -w --pid --env -e --env-file --annotation --label -l --label-file --mount --read-only --shm-size --tmpfs --volume -v --volumes-from --volume-driver --device --add-host --dns --dns-option --dns-search --domainname --expose --hostname -h --network --uts --publish -p --publish-all -P --ip --ip6 --mac-address --network-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --privileged --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --no-healthcheck --log-driver --log-opt --detach -d --detach-keys --sig-proxy'
        valued='--attach -a --cidfile --name --platform --pull --restart --entrypoint --stop-signal --stop-timeout --user -u --workdir -w --pid --runtime --isolation --env -e --env-file --annotation --label -l --label-file --mount --shm-size --tmpfs --volume -v --volumes-from --volume-driver --storage-opt --device --add-host --dns --dns-option --dns-opt --dns-search --domainname --expose --hostname -h --network --net --uts --publish -p --ip --ip6 --mac-address --network-alias --net-alias --link --link-local-ip --cap-add --cap-drop --cgroupns --gidmap --group-add --ipc --security-opt --subgidname --subuidname --sysctl --uidmap --userns --oom-score-adj --ulimit --memory -m --memory-reservation --memory-swap --cpus --pids-limit --cpu-shares -c --cpuset-cpus --blkio-weight --blkio-weight-device --cgroup-parent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpuset-mems --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --gpus --memory-swappiness --kernel-memory --cpu-count --cpu-percent --io-maxbandwidth --io-maxiops --health-cmd --health-interval --health-retries --health-start-interval --health-start-period --health-timeout --log-driver --log-opt --detach-keys'
        operands='images'
        stops=1 ;;
    'container start')
        flags='--attach -a --detach-keys --interactive -i --help'
        valued='--checkpoint --checkpoint-dir --detach-keys'
        operands='containers' ;;
    'container stop')
        flags='--signal -s --timeout -t --help'
        valued='--signal -s --timeout -t --time'
        operands='containers' ;;
    'container top')
        flags='--help'
        operands='containers'
        stops=1 ;;
    'container wait')
        flags='--help'
        operands='containers' ;;
    'image')
        words='copy diff history import inspect load ls list prune pull push referrers rm remove save tag tree'
        flags='--help' ;;
    'image copy')
        flags='--all -a --digestfile --platform --help'
        valued='--digestfile --platform'
        operands='images' ;;
    'image diff')
        flags='--format --help'
        valued='--format'
        operands='images' ;;
    'image history')
        flags='--format --human -H --no-trunc --platform --quiet -q --help'
        valued='--format --platform'
        operands='images' ;;
    'image import')
        flags='--change -c --message -m --platform --help'
        valued='--change -c --message -m --platform' ;;
    'image inspect')
        flags='--format -f --platform --help'
        valued='--format -f --platform'
        operands='images' ;;
    'image load')
        flags='--input -i --platform --quiet -q --help'
        valued='--input -i --platform' ;;
    'image ls'|'image list')
        flags='--all -a --digests --filter -f --format --no-trunc --quiet -q --tree --help'
        valued='--filter -f --format'
        operands='images' ;;
    'image prune')
        flags='--all -a --dry-run --filter --force -f --help'
        valued='--filter' ;;
    'image pull')
        flags='--all-tags -a --platform --progress --quiet -q --help'
        valued='--platform --progress'
        operands='images' ;;
    'image push')
        flags='--all-tags -a --compression-format --compression-level --platform --progress --quiet -q --help'
        valued='--compression-format --compression-level --platform --progress'
        operands='images' ;;
    'image referrers')
        flags='--artifact-type --format --platform --quiet -q --help'
        valued='--artifact-type --format --platform'
        operands='images' ;;
    'image rm'|'image remove')
        flags='--force -f --no-prune --platform --help'
        valued='--platform'
        operands='images' ;;
    'image save')
        flags='--output -o --platform --format --help'
        valued='--output -o --platform --format'
        operands='images' ;;
    'image tag')
        flags='--help'
        operands='images'
        stops=1 ;;
    'image tree')
        flags='--files --format --no-trunc --help'
        valued='--format'
        operands='images' ;;
    'manifest')
        words='add annotate create inspect push rm'
        flags='--help' ;;
    'manifest add')
        flags='--insecure --help' ;;
    'manifest annotate')
        flags='--arch --os --os-features --os-version --variant --help'
        valued='--arch --os --os-features --os-version --variant' ;;
    'manifest create')
        flags='--amend -a --insecure --help' ;;
    'manifest inspect')
        flags='--insecure --verbose -v --help' ;;
    'manifest push')
        flags='--insecure --purge -p --help' ;;
    'manifest rm')
        flags='--help' ;;
    'network')
        words='connect disconnect create inspect ls list prune rm remove'
        flags='--help' ;;
    'network connect')
        flags='--alias --driver-opt --gw-priority --ip --ip6 --link --link-local-ip --help'
        valued='--alias --driver-opt --gw-priority --ip --ip6 --link --link-local-ip'
        operands='networks' ;;
    'network disconnect')
        flags='--force -f --help'
        operands='networks' ;;
    'network create')
        flags='--attachable --aux-address --driver -d --gateway --internal --ip-range --ipam-driver --ipv4 --ipv6 --label --opt -o --scope --subnet --help'
        valued='--aux-address --config-from --driver -d --gateway --ip-range --ipam-driver --ipam-opt --label --opt -o --scope --subnet' ;;
    'network inspect')
        flags='--format -f --verbose -v --help'
        valued='--format -f'
        operands='networks' ;;
    'network ls'|'network list')
        flags='--filter -f --format --no-trunc --quiet -q --help'
        valued='--filter -f --format' ;;
    'network prune')
        flags='--dry-run --filter --force -f --help'
        valued='--filter' ;;
    'network rm'|'network remove')
        flags='--force -f --help'
        operands='networks' ;;
    'system')
        words='check df info prune'
        flags='--help' ;;
    'system check')
        flags='--quick --quiet -q --repair --help' ;;
    'system df')
        flags='--format --verbose -v --help'
        valued='--format' ;;
    'system info')
        flags='--format -f --help'
        valued='--format -f' ;;
    'system prune')
        flags='--all -a --dry-run --filter --force -f --volumes --help'
        valued='--filter' ;;
    'volume')
        words='create export import inspect ls list prune rm remove'
        flags='--help' ;;
    'volume create')
        flags='--driver -d --label --opt -o --help'
        valued='--driver -d --label --name --opt -o' ;;
    'volume export')
        flags='--output -o --help'
        valued='--output -o'
        operands='volumes' ;;
    'volume import')
        flags='--help'
        operands='volumes' ;;
    'volume inspect')
        flags='--format -f --help'
        valued='--format -f'
        operands='volumes' ;;
    'volume ls'|'volume list')
        flags='--filter -f --format --quiet -q --help'
        valued='--filter -f --format' ;;
    'volume prune')
        flags='--all -a --dry-run --filter --force -f --help'
        valued='--filter' ;;
    'volume rm'|'volume remove')
        flags='--force -f --help'
        operands='volumes' ;;
    'completion')
        words='bash fish zsh'
        flags='--help' ;;
    'completion bash')
        flags='--help' ;;
    'completion fish')
        flags='--help' ;;
    'completion zsh')
        flags='--help' ;;
    esac
}

# Prints what may follow option $2 of command $1: a kind, and words after it.
_proa_value() {
    case "$1 $2" in
    ' --config') echo 'directories' ;;
    ' --log-level'|' -l') echo 'words debug info warn error fatal' ;;
    'run --attach'|'run -a') echo 'words stdin stdout stderr' ;;
    'run --cidfile') echo 'files' ;;
    'run --pull') echo 'words always missing never' ;;
    'run --env-file') echo 'files' ;;
    'run --label-file') echo 'files' ;;
    'run --volume'|'run -v') echo 'directories' ;;
    'run --volumes-from') echo 'containers' ;;
    'run --device') echo 'files' ;;
    'run --network') echo 'networks' ;;
    'run --link') echo 'containers' ;;
    'run --log-driver') echo 'words json-file none' ;;
    'exec --env-file') echo 'files' ;;
    'pull --progress') echo 'words auto plain tty json none' ;;
    'push --compression-format') echo 'words gzip zstd' ;;
    'push --progress') echo 'words auto plain tty json none' ;;
    'create --attach'|'create -a') echo 'words stdin stdout stderr' ;;
    'create --cidfile') echo 'files' ;;
    'create --pull') echo 'words always missing never' ;;
    'create --env-file') echo 'files' ;;
    'create --label-file') echo 'files' ;;
    'create --volume'|'create -v') echo 'directories' ;;
    'create --volumes-from') echo 'containers' ;;
    'create --device') echo 'files' ;;
    'create --network') echo 'networks' ;;
    'create --link') echo 'containers' ;;
    'create --log-driver') echo 'words json-file none' ;;
    'export --output'|'export -o') echo 'files' ;;
    'inspect --type') echo 'words container image network' ;;
    'load --input'|'load -i') echo 'files' ;;
    'save --output'|'save -o') echo 'files' ;;
    'save --format') echo 'words docker-archive oci-archive oci-dir docker-dir' ;;
    'container create --attach'|'container create -a') echo 'words stdin stdout stderr' ;;
    'container create --cidfile') echo 'files' ;;
    'container create --pull') echo 'words always missing never' ;;
    'container create --env-file') echo 'files' ;;
    'container create --label-file') echo 'files' ;;
    'container create --volume'|'container create -v') echo 'directories' ;;
    'container create --volumes-from') echo 'containers' ;;
    'container create --device') echo 'files' ;;
    'container create --network') echo 'networks' ;;
    'container create --link') echo 'containers' ;;
    'container create --log-driver') echo 'words json-file none' ;;
    'container exec --env-file') echo 'files' ;;
    'container export --output'|'container export -o') echo 'files' ;;
    'container run --attach'|'container run -a') echo 'words stdin stdout stderr' ;;
    'container run --cidfile') echo 'files' ;;
    'container run --pull') echo 'words always missing never' ;;
    'container run --env-file') echo 'files' ;;
    'container run --label-file') echo 'files' ;;
    'container run --volume'|'container run -v') echo 'directories' ;;
    'container run --volumes-from') echo 'containers' ;;
    'container run --device') echo 'files' ;;
    'container run --network') echo 'networks' ;;
    'container run --link') echo 'containers' ;;
    'container run --log-driver') echo 'words json-file none' ;;
    'image copy --digestfile') echo 'files' ;;
    'image diff --format') echo 'words json' ;;
    'image load --input'|'image load -i') echo 'files' ;;
    'image pull --progress') echo 'words auto plain tty json none' ;;
    'image push --compression-format') echo 'words gzip zstd' ;;
    'image push --progress') echo 'words auto plain tty json none' ;;
    'image save --output'|'image save -o') echo 'files' ;;
    'image save --format') echo 'words docker-archive oci-archive oci-dir docker-dir' ;;
    'image tree --format') echo 'words json' ;;
    'network connect --link') echo 'containers' ;;
    'network create --driver'|'network create -d') echo 'words bridge ipvlan macvlan' ;;
    'volume export --output'|'volume export -o') echo 'files' ;;
    esac
}

_proa_offer() {
    local kind=${1%% *}
    case $kind in
    files) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames ;;
    directories) COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames ;;
    containers|images|networks|volumes)
        COMPREPLY=($(compgen -W '$("${COMP_WORDS[0]}" __complete "$kind" 2>/dev/null)' -- "$cur")) ;;
    words) COMPREPLY=($(compgen -W "${1#words }" -- "$cur")) ;;
    esac
}

_proa() {
    local IFS=$' \t\n' cur=${COMP_WORDS[COMP_CWORD]} option= path= seen=0 ended= i word
    local words flags valued operands stops
    COMPREPLY=()
    _proa_command ''
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        option=
        if [[ -z $ended && $word == -- ]]; then
            ended=1
        elif [[ -z $ended && $word == -?* ]]; then
            # The last letter of several may take the next word.
            [[ $word == --* ]] || word=-${word: -1}
            if [[ ${COMP_WORDS[i + 1]} == = ]]; then
                option=$word
                ((i += 2))
            elif [[ " $valued " == *" $word "* ]]; then
                option=$word
                ((i += 1))
            fi
        elif [[ " $words " == *" $word "* ]]; then
            path=${path:+$path }$word
            _proa_command "$path"
        else
            ((seen += 1))
            [[ -n $stops ]] && ended=1
        fi
        # An option whose value lies before the cursor is done with.
        ((i < COMP_CWORD)) && option=
    done
    if [[ -n $option ]]; then
        [[ $cur == = ]] && cur=
        _proa_offer "$(_proa_value "$path" "$option")"
    elif [[ -z $ended && $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    elif [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    elif [[ -n $stops && $seen -gt 0 ]]; then
        _proa_offer files
    else
        _proa_offer "$operands"
    fi
}

complete -F _proa proa
