namespace LastRef.Nt;

/// <summary>A request on its way through a device stack; its stack locations follow the header.</summary>
/// <remarks>Spec: U-1.40.</remarks>
[NtView("_IRP")]
public readonly partial struct Irp(Target target, VirtualAddress address)
{
    /// <summary>6 for an IRP.</summary>
    [Field(Writable = true)] public partial short Type { get; }

    /// <summary>Bytes of the header and all stack locations.</summary>
    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial Mdl? MdlAddress { get; }

    [Field(Writable = true)] public partial IrpFlags Flags { get; }

    [Field("AssociatedIrp.MasterIrp", Writable = true)] public partial Irp? MasterIrp { get; }

    [Field("AssociatedIrp.SystemBuffer", Writable = true)] public partial VirtualAddress SystemBuffer { get; }

    [Field("AssociatedIrp.IrpCount", Writable = true)] public partial int IrpCount { get; }

    /// <summary>Links the request into <see cref="EThread.IrpList"/>.</summary>
    [Field] public partial ListEntry ThreadListEntry { get; }

    [Field] public partial IoStatusBlock IoStatus { get; }

    /// <summary>0 kernel mode, 1 user mode.</summary>
    [Field(Writable = true)] public partial sbyte RequestorMode { get; }

    [Field(Writable = true)] public partial NtBoolean PendingReturned { get; }

    [Field(Writable = true)] public partial sbyte StackCount { get; }

    /// <summary>StackCount + 1 before the first IoCallDriver.</summary>
    [Field(Writable = true)] public partial sbyte CurrentLocation { get; }

    [Field(Writable = true)] public partial NtBoolean Cancel { get; }

    [Field(Writable = true)] public partial Irql CancelIrql { get; }

    [Field(Writable = true)] public partial sbyte ApcEnvironment { get; }

    [Field(Writable = true)] public partial byte AllocationFlags { get; }

    [Field(Writable = true)] public partial VirtualAddress UserIosb { get; }

    [Field(Writable = true)] public partial KEvent? UserEvent { get; }

    [Field("Overlay.AllocationSize.QuadPart", Writable = true)] public partial long AllocationSize { get; }

    [Field("Overlay.AsynchronousParameters.UserApcRoutine", Writable = true)] public partial VirtualAddress UserApcRoutine { get; }

    [Field("Overlay.AsynchronousParameters.UserApcContext", Writable = true)] public partial VirtualAddress UserApcContext { get; }

    [Field(Writable = true)] public partial VirtualAddress CancelRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress UserBuffer { get; }

    [Field("Tail.Overlay.Thread", Writable = true)] public partial EThread? Thread { get; }

    /// <summary>Four words for the driver that owns the request.</summary>
    [Field("Tail.Overlay.DriverContext")] public partial FieldArray<VirtualAddress> DriverContext { get; }

    [Field("Tail.Overlay.DeviceQueueEntry")] public partial KDeviceQueueEntry DeviceQueueEntry { get; }

    [Field("Tail.Overlay.AuxiliaryBuffer", Writable = true)] public partial VirtualAddress AuxiliaryBuffer { get; }

    /// <summary>For the queue of whoever holds the request.</summary>
    [Field("Tail.Overlay.ListEntry")] public partial ListEntry ListEntry { get; }

    [Field("Tail.Overlay.CurrentStackLocation", Writable = true)] public partial IoStackLocation? CurrentStackLocation { get; }

    [Field("Tail.Overlay.OriginalFileObject", Writable = true)] public partial FileObject? OriginalFileObject { get; }

    [Field("Tail.Apc")] public partial KApc TailApc { get; }
}
