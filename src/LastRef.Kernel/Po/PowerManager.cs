namespace LastRef.Kernel;

/// <summary>The power manager.</summary>
internal sealed partial class PowerManager(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;
}
