using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Entries for the system event log.</summary>
/// <remarks>An entry holds the device and the driver that it is about until the log has been written.</remarks>
internal sealed partial class IoManager
{
    // Before the driver's IO_ERROR_LOG_PACKET: the device or null, then the driver.
    private const int ErrorHeaderBytes = 16;

    /// <summary>ERROR_LOG_MAXIMUM_SIZE and sizeof(IO_ERROR_LOG_PACKET) of the headers.</summary>
    private const int ErrorLogMaximum = 0xF0;

    private const int ErrorPacketBytes = 0x30;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAllocateErrorLogEntry, WDK reference")]
    internal VirtualAddress IoAllocateErrorLogEntry(VirtualAddress ioObject, byte entrySize)
    {
        if (entrySize is < ErrorPacketBytes or > ErrorLogMaximum)
            return VirtualAddress.Null;
        var isDevice = _kernel.Ob.KindOf(ioObject) == ObjectKind.Device;
        var device = isDevice ? ioObject : VirtualAddress.Null;
        var driver = isDevice ? new DeviceObject(Memory, ioObject).DriverObject?.Address ?? VirtualAddress.Null : ioObject;
        var block = _kernel.Ex.NonPagedPool.Allocate(ErrorHeaderBytes + (ulong)entrySize, PoolTags.Of("IoEr"), null);
        Memory.WritePointer(block, device);
        Memory.WritePointer(block + 8, driver);
        if (!device.IsNull)
            _kernel.Ob.Reference(device, ReferenceCause.ErrorLogEntry, block);
        _kernel.Ob.Reference(driver, ReferenceCause.ErrorLogEntry, block);
        return block + ErrorHeaderBytes;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoWriteErrorLogEntry, WDK reference")]
    internal void IoWriteErrorLogEntry(VirtualAddress elEntry) => _kernel.Ex.QueueWork(_ => FreeErrorLogEntry(elEntry));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoFreeErrorLogEntry, WDK reference")]
    internal void IoFreeErrorLogEntry(VirtualAddress elEntry) => _kernel.Ex.QueueWork(_ => FreeErrorLogEntry(elEntry));

    private async GuestTask FreeErrorLogEntry(VirtualAddress entry)
    {
        var block = entry - ErrorHeaderBytes;
        var device = Memory.ReadPointer(block);
        var driver = Memory.ReadPointer(block + 8);
        if (_kernel.Ex.NonPagedPool.Free(block) is null)
            throw MachineStopException.BugCheck(0xC2, "an error log entry was given back that was not allocated", 7, 0, 0, entry.Value);
        if (!device.IsNull)
            await _kernel.Ob.Dereference(device, ReferenceCause.ErrorLogEntry, block);
        await _kernel.Ob.Dereference(driver, ReferenceCause.ErrorLogEntry, block);
    }
}
