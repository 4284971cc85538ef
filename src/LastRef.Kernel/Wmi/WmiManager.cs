namespace LastRef.Kernel;

/// <summary>Registration with WMI and ETW.</summary>
internal sealed partial class WmiManager(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;
}
