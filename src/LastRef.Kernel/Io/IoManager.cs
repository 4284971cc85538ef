using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The I/O manager: drivers, devices, files, requests, and the unloading of drivers.</summary>
internal sealed partial class IoManager(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;

    public void Boot()
    {
        _kernel.Ob.OnDelete(ObjectKind.Driver, DeleteDriverObject);
        BootFiles();
        BootDevices();
    }
}
