using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Memory that drivers hang on their driver object (U-2.24).</summary>
internal sealed partial class IoManager
{
    private const int ClientsLimit = 10_000;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-2.24")]
    internal NtStatus IoAllocateDriverObjectExtension(
        DriverObject driverObject, VirtualAddress clientIdentificationAddress, uint driverObjectExtensionSize, Out<VirtualAddress> driverObjectExtension)
    {
        driverObjectExtension.Set(Memory, VirtualAddress.Null);
        if (FindClientExtension(driverObject, clientIdentificationAddress) is not null)
            return NtStatus.ObjectNameCollision;
        var head = DriverExtensionOf(driverObject);
        var headerBytes = IoClientExtension.SizeOf(Memory.Layout);
        var client = new IoClientExtension(
            Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)headerBytes + driverObjectExtensionSize, PoolTags.Driver, null));
        client.SetClientIdentificationAddress(Memory, clientIdentificationAddress);
        if (!head.ClientDriverExtension.IsNull)
            client.SetNextExtension(Memory, new IoClientExtension(Memory, head.ClientDriverExtension));
        head.SetClientDriverExtension(Memory, client.Address);
        driverObjectExtension.Set(Memory, client.Address + headerBytes);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetDriverObjectExtension, WDK reference")]
    internal VirtualAddress IoGetDriverObjectExtension(DriverObject driverObject, VirtualAddress clientIdentificationAddress) =>
        FindClientExtension(driverObject, clientIdentificationAddress) is { } client
            ? client.Address + IoClientExtension.SizeOf(Memory.Layout)
            : VirtualAddress.Null;

    /// <summary>Frees what was hung on a driver object that is being deleted (U-3.80).</summary>
    private void FreeClientExtensions(DriverObject driver)
    {
        foreach (var client in ClientExtensions(driver))
            _kernel.Ex.NonPagedPool.Free(client.Address);
        DriverExtensionOf(driver).SetClientDriverExtension(Memory, VirtualAddress.Null);
    }

    private IoClientExtension? FindClientExtension(DriverObject driver, VirtualAddress identification)
    {
        foreach (var client in ClientExtensions(driver))
        {
            if (client.ClientIdentificationAddress == identification)
                return client;
        }

        return null;
    }

    private IReadOnlyList<IoClientExtension> ClientExtensions(DriverObject driver)
    {
        var first = DriverExtensionOf(driver).ClientDriverExtension;
        var walk = Walker.Chain<IoClientExtension>(
            first.IsNull ? null : new IoClientExtension(Memory, first), static client => client.NextExtension, ClientsLimit);
        if (!walk.IsComplete)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a driver object's list of extensions {walk.Reservation}");
        return walk.Items;
    }

    private static DriverExtension DriverExtensionOf(DriverObject driver) =>
        driver.DriverExtension ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
}
