using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>I/O request packets: memory, stack locations, lists (spec U-1.39, U-1.40).</summary>
internal sealed partial class IoManager
{
    private const short IrpType = 6;
    private const byte UserMode = 1;

    /// <summary>IRP.AllocationFlags of a packet that lies in memory of its creator (IRP_ALLOCATED_… are 0x01 and up).</summary>
    private const byte AllocatedByKernel = 0x08;

    private static int LocationBytes(TypeLayout layout) => IoStackLocation.SizeOf(layout);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAllocateIrp, WDK reference")]
    internal Irp IoAllocateIrp(sbyte stackSize, NtBoolean chargeQuota) => AllocateIrp(stackSize);

    /// <summary>Windows 10 form with the device that the packet is for.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAllocateIrpEx, WDK reference")]
    internal Irp IoAllocateIrpEx(DeviceObject deviceObject, sbyte stackSize, NtBoolean chargeQuota) => AllocateIrp(stackSize);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoFreeIrp, WDK reference")]
    internal void IoFreeIrp(Irp irp)
    {
        if (irp.Type == IrpType && !irp.ThreadListEntry.Flink.IsNull && !_kernel.Ke.IsListEmpty(irp.ThreadListEntry.Address))
            throw Violation(FreedThreadedIrp, "IoFreeIrp of a request that belongs to its thread", irp.Address.Value);
        FreeIrp(irp);
    }

    /// <summary>Lays a packet out in memory that the caller owns.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoInitializeIrp, WDK reference")]
    internal void IoInitializeIrp(Irp irp, ushort packetSize, sbyte stackSize)
    {
        Memory.Clear(irp.Address, packetSize);
        LayOutIrp(irp, packetSize, stackSize, allocationFlags: 0);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoReuseIrp, WDK reference")]
    internal void IoReuseIrp(Irp irp, NtStatus status)
    {
        var allocation = irp.AllocationFlags;
        var (bytes, stack) = (irp.Size, irp.StackCount);
        Memory.Clear(irp.Address, bytes);
        LayOutIrp(irp, bytes, stack, allocation);
        irp.IoStatus.SetStatus(Memory, status);
    }

    /// <summary>Bytes of a packet with a number of stack locations: IoSizeOfIrp of the headers.</summary>
    public ushort SizeOfIrp(int stackSize) =>
        (ushort)(Irp.SizeOf(Memory.Layout) + (stackSize * LocationBytes(Memory.Layout)));

    /// <summary>Makes a packet; nobody's list has it.</summary>
    public Irp AllocateIrp(sbyte stackSize)
    {
        var bytes = SizeOfIrp(stackSize);
        var address = _kernel.Ex.NonPagedPool.Allocate(bytes, PoolTags.Irp, null);
        var irp = new Irp(Memory, address);
        LayOutIrp(irp, bytes, stackSize, AllocatedByKernel);
        return irp;
    }

    /// <summary>Frees a packet's memory and says so in the trace.</summary>
    public void FreeIrp(Irp irp)
    {
        if (irp.Type != IrpType)
            throw Violation(FreedNoIrp, "a packet that is no IRP, or no longer one, was freed", irp.Address.Value);
        if (!irp.ThreadListEntry.Flink.IsNull)
            _kernel.Ke.RemoveEntry(irp.ThreadListEntry.Address);
        _kernel.Record(new IrpRecord(
            IrpStep.Freed, irp.Address, 0, 0, VirtualAddress.Null, VirtualAddress.Null, VirtualAddress.Null, irp.IoStatus.Status));
        irp.SetType(Memory, 0);
        if (_kernel.Ex.NonPagedPool.Free(irp.Address) is null)
            throw MachineStopException.BugCheck(0xC2, "IoFreeIrp of memory that is not an allocated packet", 7, 0, 0, irp.Address.Value);
    }

    /// <summary>The location that the next driver gets: IoGetNextIrpStackLocation of the headers.</summary>
    public IoStackLocation NextLocation(Irp irp) =>
        new(Memory, CurrentLocation(irp).Address - LocationBytes(Memory.Layout));

    /// <summary>The location of the driver that has the packet; one past the last before it was sent.</summary>
    private static IoStackLocation CurrentLocation(Irp irp) =>
        irp.CurrentStackLocation ?? throw new TargetReadException(irp.CurrentStackLocationAddress, ReadFailure.NotMapped);

    private void LayOutIrp(Irp irp, ushort bytes, sbyte stackSize, byte allocationFlags)
    {
        irp.SetType(Memory, IrpType);
        irp.SetSize(Memory, bytes);
        irp.SetStackCount(Memory, stackSize);
        irp.SetCurrentLocation(Memory, (sbyte)(stackSize + 1));
        irp.SetAllocationFlags(Memory, allocationFlags);
        _kernel.Ke.InitializeList(irp.ThreadListEntry.Address);
        var past = irp.Address + Irp.SizeOf(Memory.Layout) + (stackSize * LocationBytes(Memory.Layout));
        irp.SetCurrentStackLocation(Memory, new IoStackLocation(Memory, past));
    }

    /// <summary>Makes a packet a request of the running thread: it is freed by its completion and cancelled with the thread.</summary>
    private void QueueToThread(Irp irp)
    {
        var thread = new EThread(Memory, _kernel.CurrentThread.Address);
        irp.SetThread(Memory, thread);
        _kernel.Ke.InsertTail(thread.IrpList.Address, irp.ThreadListEntry.Address);
    }

    private void RecordIrp(IrpStep step, Irp irp, IoStackLocation location, NtStatus status) => _kernel.Record(
        new IrpRecord(
            step, irp.Address, (byte)location.MajorFunction, location.MinorFunction, location.DeviceObject?.Address ?? VirtualAddress.Null,
            location.DeviceObject?.DriverObject?.Address ?? VirtualAddress.Null, location.FileObject?.Address ?? VirtualAddress.Null, status));
}
