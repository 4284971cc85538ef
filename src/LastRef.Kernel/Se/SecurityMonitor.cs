namespace LastRef.Kernel;

/// <summary>The security reference monitor: descriptors, privileges, access checks.</summary>
internal sealed partial class SecurityMonitor(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;

    public void Boot() => BootExports();
}
