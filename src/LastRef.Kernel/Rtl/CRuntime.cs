namespace LastRef.Kernel;

/// <summary>The part of the C run-time library that ntoskrnl exports.</summary>
internal sealed partial class CRuntime(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;
}
