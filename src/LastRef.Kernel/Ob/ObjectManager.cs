using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Objects, their counters, their names and the handles to them.</summary>
internal sealed partial class ObjectManager(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;

    public void Boot()
    {
        BootTypes();
        BootNamespace();
    }
}
