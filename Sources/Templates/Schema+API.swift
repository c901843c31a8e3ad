extension Schema {
    /// `docker container inspect`. Fields that newer daemons left out are still found by their JSON name.
    package static let container = Schema(
        root: "container.InspectResponse",
        """
        container.InspectResponse: ID=Id string, Created string, Path string, Args []string, State *container.State
         Image string, ResolvConfPath string, HostnamePath string, HostsPath string, LogPath string, Name string
         RestartCount int, Driver string, Platform string, MountLabel string, ProcessLabel string
         AppArmorProfile string, ExecIDs []string, HostConfig *container.HostConfig
         GraphDriver storage.DriverData, SizeRw *int64, SizeRootFs *int64, Mounts []container.MountPoint
         Config *container.Config, NetworkSettings *container.NetworkSettings
         ImageManifestDescriptor *v1.Descriptor
        container.State: Status string, Running bool, Paused bool, Restarting bool, OOMKilled bool, Dead bool, Pid int
         ExitCode int, Error string, StartedAt string, FinishedAt string, Health *container.Health
        container.Health: Status string, FailingStreak int, Log []*container.HealthcheckResult
        container.HealthcheckResult: Start string, End string, ExitCode int, Output string
        container.MountPoint: Type string, Name string, Source string, Destination string, Driver string, Mode string
         RW bool, Propagation string
        container.HostConfig: Binds []string, ContainerIDFile string, LogConfig container.LogConfig
         NetworkMode string, PortBindings map[string][]nat.PortBinding, RestartPolicy container.RestartPolicy
         AutoRemove bool, VolumeDriver string, VolumesFrom []string, ConsoleSize []uint, Annotations map[string]string
         CapAdd []string, CapDrop []string, CgroupnsMode string, DNS=Dns []string, DNSOptions=DnsOptions []string
         DNSSearch=DnsSearch []string, ExtraHosts []string, GroupAdd []string, IpcMode string, Cgroup string
         Links []string, OomScoreAdj int, PidMode string, Privileged bool, PublishAllPorts bool, ReadonlyRootfs bool
         SecurityOpt []string, StorageOpt map[string]string, Tmpfs map[string]string, UTSMode string
         UsernsMode string, ShmSize int64, Sysctls map[string]string, Runtime string, Isolation string
         CPUShares=CpuShares int64, Memory int64, NanoCPUs=NanoCpus int64, CgroupParent string, BlkioWeight uint16
         BlkioWeightDevice []any, BlkioDeviceReadBps []any, BlkioDeviceWriteBps []any, BlkioDeviceReadIOps []any
         BlkioDeviceWriteIOps []any, CPUPeriod=CpuPeriod int64, CPUQuota=CpuQuota int64
         CPURealtimePeriod=CpuRealtimePeriod int64, CPURealtimeRuntime=CpuRealtimeRuntime int64, CpusetCpus string
         CpusetMems string, Devices []container.DeviceMapping, DeviceCgroupRules []string, DeviceRequests []any
         MemoryReservation int64, MemorySwap int64, MemorySwappiness *int64, OomKillDisable *bool, PidsLimit *int64
         Ulimits []*container.Ulimit, CPUCount=CpuCount int64, CPUPercent=CpuPercent int64
         IOMaximumIOps uint64, IOMaximumBandwidth uint64, Mounts []mount.Mount, MaskedPaths []string, ReadonlyPaths []string
         Init *bool
        mount.Mount: Type string, Source string, Target string, ReadOnly bool, Consistency string
         BindOptions *mount.BindOptions, VolumeOptions *mount.VolumeOptions, TmpfsOptions *mount.TmpfsOptions
        mount.BindOptions: Propagation string, NonRecursive bool, CreateMountpoint bool, ReadOnlyNonRecursive bool
         ReadOnlyForceRecursive bool
        mount.VolumeOptions: NoCopy bool, Labels map[string]string, Subpath string, DriverConfig *mount.Driver
        mount.Driver: Name string, Options map[string]string
        mount.TmpfsOptions: SizeBytes int64, Mode uint32
        container.LogConfig: Type string, Config map[string]string
        container.RestartPolicy: Name string, MaximumRetryCount int
        container.DeviceMapping: PathOnHost string, PathInContainer string, CgroupPermissions string
        container.Ulimit: Name string, Hard int64, Soft int64
        container.NetworkSettings: SandboxID string, SandboxKey string, Ports map[string][]nat.PortBinding
         Networks map[string]*network.EndpointSettings
        nat.PortBinding: HostIP=HostIp string, HostPort string
        network.EndpointSettings: IPAMConfig any, Links []string, Aliases []string, MacAddress string
         DriverOpts map[string]string, GwPriority int, NetworkID string, EndpointID string, Gateway string
         IPAddress string, IPPrefixLen int, IPv6Gateway string, GlobalIPv6Address string, GlobalIPv6PrefixLen int
         DNSNames []string
        \(config)
        \(storage)
        """)

    /// `docker image inspect`.
    package static let image = Schema(
        root: "image.InspectResponse",
        """
        image.InspectResponse: ID=Id string, RepoTags []string, RepoDigests []string, Comment string, Created string
         Author string, Config *container.Config, Architecture string, Variant string, Os string, OsVersion string
         Size int64, GraphDriver storage.DriverData, RootFS image.RootFS, Metadata image.Metadata
         Descriptor *v1.Descriptor, Manifests []any, Identity any
        image.RootFS: Type string, Layers []string
        image.Metadata: LastTagTime string
        \(config)
        \(storage)
        """)

    /// `docker network inspect`.
    package static let network = Schema(
        root: "network.Inspect",
        """
        network.Inspect: Name string, ID=Id string, Created string, Scope string, Driver string, EnableIPv4 bool
         EnableIPv6 bool, IPAM network.IPAM, Internal bool, Attachable bool, Ingress bool
         ConfigFrom network.ConfigReference, ConfigOnly bool, Containers map[string]network.EndpointResource
         Options map[string]string, Labels map[string]string, Peers []any, Services map[string]any
        network.IPAM: Driver string, Options map[string]string, Config []network.IPAMConfig
        network.IPAMConfig: Subnet string, IPRange string, Gateway string
         AuxAddress=AuxiliaryAddresses map[string]string
        network.ConfigReference: Network string
        network.EndpointResource: Name string, EndpointID string, MacAddress string, IPv4Address string
         IPv6Address string
        """)

    /// `docker volume inspect`.
    package static let volume = Schema(
        root: "volume.Volume",
        """
        volume.Volume: ClusterVolume any, CreatedAt string, Driver string, Labels map[string]string, Mountpoint string
         Name string, Options map[string]string, Scope string, Status map[string]any, UsageData *volume.UsageData
        volume.UsageData: RefCount int64, Size int64
        """)

    private static let config = """
        container.Config: Hostname string, Domainname string, User string, AttachStdin bool, AttachStdout bool
         AttachStderr bool, ExposedPorts map[string]nat.Empty, Tty bool, OpenStdin bool, StdinOnce bool, Env []string
         Cmd []string, Healthcheck *container.HealthConfig, ArgsEscaped bool, Image string
         Volumes map[string]nat.Empty, WorkingDir string, Entrypoint []string, NetworkDisabled bool, OnBuild []string
         Labels map[string]string, StopSignal string, StopTimeout *int, Shell []string
        container.HealthConfig: Test []string, Interval int64, Timeout int64, StartPeriod int64, StartInterval int64
         Retries int
        nat.Empty:
        """
    private static let storage = """
        storage.DriverData: Data map[string]string, Name string
        v1.Descriptor: MediaType=mediaType string, Digest=digest string, Size=size int64
        """

    /// Go names of fields whose JSON keys differ, for objects without a schema: `info`, `version`, events
    /// and lists.
    package static let apiAliases: [String: String] = [
        "ID": "Id", "DNS": "Dns", "DNSOptions": "DnsOptions", "DNSSearch": "DnsSearch", "CPUShares": "CpuShares",
        "NanoCPUs": "NanoCpus", "CPUPeriod": "CpuPeriod", "CPUQuota": "CpuQuota",
        "CPURealtimePeriod": "CpuRealtimePeriod", "CPURealtimeRuntime": "CpuRealtimeRuntime", "CPUCount": "CpuCount",
        "CPUPercent": "CpuPercent", "AuxAddress": "AuxiliaryAddresses", "CPUCfsPeriod": "CpuCfsPeriod",
        "CPUCfsQuota": "CpuCfsQuota", "HTTPProxy": "HttpProxy", "HTTPSProxy": "HttpsProxy", "APIVersion": "ApiVersion",
        "Scope": "scope", "Time": "time", "TimeNano": "timeNano", "ParentID": "ParentId", "HostIP": "HostIp",
    ]
}
