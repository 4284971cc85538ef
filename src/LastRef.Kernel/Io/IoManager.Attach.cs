using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Device stacks: attaching, detaching, and finding a stack's ends.</summary>
internal sealed partial class IoManager
{
    private const int StackLimit = 127;

    /// <summary>Bytes of FAST_IO_DISPATCH up to and with FastIoDetachDevice (Doc: FAST_IO_DISPATCH, ntifs.h).</summary>
    private const uint FastIoBytes = 0x70;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.3")]
    internal DeviceObject? IoAttachDeviceToDeviceStack(DeviceObject sourceDevice, DeviceObject targetDevice) =>
        Attach(sourceDevice, targetDevice, default);

    /// <summary>The same, but writes the lower device before the attachment can be seen.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.3")]
    internal NtStatus IoAttachDeviceToDeviceStackSafe(
        DeviceObject sourceDevice, DeviceObject targetDevice, Out<DeviceObject> attachedToDeviceObject) =>
        Attach(sourceDevice, targetDevice, attachedToDeviceObject) is null ? NtStatus.NoSuchDevice : NtStatus.Success;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAttachDeviceByPointer, WDK reference")]
    internal NtStatus IoAttachDeviceByPointer(DeviceObject sourceDevice, DeviceObject targetDevice) =>
        Attach(sourceDevice, targetDevice, default) is null ? NtStatus.NoSuchDevice : NtStatus.Success;

    /// <summary>Attaches to a device by name; its driver sees CREATE, CLEANUP and CLOSE (U-3.76).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-3.76 U-6.4")]
    internal async GuestTask<NtStatus> IoAttachDevice(
        DeviceObject sourceDevice, UnicodeString targetDevice, Out<DeviceObject> attachedDevice)
    {
        var (status, file, _) = await OpenDeviceObject(targetDevice.ToText(), desiredAccess: 0, attach: true);
        if (!status.IsSuccess)
        {
            attachedDevice.Set(Memory, null);
            return status;
        }

        var target = new FileObject(Memory, file).DeviceObject
            ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
        var lower = Attach(sourceDevice, target, attachedDevice);
        await _kernel.Ob.Dereference(file, ReferenceCause.DeviceObjectPointer);
        return lower is null ? NtStatus.NoSuchDevice : NtStatus.Success;
    }

    /// <summary>Takes away the device that is attached above a device.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.3 U-3.40 U-3.64a")]
    internal async GuestTask IoDetachDevice(DeviceObject targetDevice)
    {
        if (targetDevice.AttachedDevice is not { } upper)
        {
            // Windows follows the null pointer; Driver Verifier names the rule.
            throw MachineStopException.BugCheck(
                0xC9, "IoDetachDevice was called for a device that nothing is attached to", 0x202, targetDevice.Address.Value);
        }

        _kernel.Pnp.CheckDetach(upper);
        ExtensionOf(upper).SetAttachedTo(Memory, null);
        targetDevice.SetAttachedDevice(Memory, null);
        RecordAttachment(targetDevice, attached: false, upper);
        await CompletePending(targetDevice);
    }

    /// <summary>The top of a device's stack, without a reference.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.13")]
    internal DeviceObject IoGetAttachedDevice(DeviceObject deviceObject)
    {
        var above = deviceObject.DevicesAbove(StackLimit);
        if (above.End == WalkEnd.Unreadable)
            throw new TargetReadException(above.At, above.Failure);
        if (above.End != WalkEnd.Complete)
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"a device stack that does not end within {StackLimit} devices");
        return above.Items.Count == 0 ? deviceObject : above.Items[^1];
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.7")]
    internal DeviceObject IoGetAttachedDeviceReference(DeviceObject deviceObject)
    {
        var top = IoGetAttachedDevice(deviceObject);
        _kernel.Ob.Reference(top.Address, ReferenceCause.AttachedDeviceReference);
        return top;
    }

    /// <summary>The next lower device; the flags that count are those of the device passed (U-11.8, T-29).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.8 U-11.8")]
    internal DeviceObject? IoGetLowerDeviceObject(DeviceObject deviceObject)
    {
        if ((ExtensionFlagsOf(deviceObject) & Leaving) != 0 || ExtensionOf(deviceObject).AttachedTo is not { } lower)
            return null;
        _kernel.Ob.Reference(lower.Address, ReferenceCause.LowerDeviceReference);
        return lower;
    }

    /// <summary>The bottom of a device's stack, which is the PDO of a PnP stack.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.9")]
    internal DeviceObject IoGetDeviceAttachmentBaseRef(DeviceObject deviceObject)
    {
        var bottom = BottomOf(deviceObject);
        _kernel.Ob.Reference(bottom.Address, ReferenceCause.BaseDeviceReference);
        return bottom;
    }

    /// <summary>Every device of a driver, each referenced.</summary>
    /// <returns>STATUS_BUFFER_TOO_SMALL when the array does not hold all; then nothing is referenced beyond what it holds.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.10")]
    internal NtStatus IoEnumerateDeviceObjectList(
        DriverObject driverObject, VirtualAddress deviceObjectList, uint deviceObjectListSize, Out<uint> actualNumberDeviceObjects)
    {
        var devices = DevicesOf(driverObject);
        var room = (int)(deviceObjectListSize / 8);
        actualNumberDeviceObjects.Set(Memory, (uint)devices.Count);
        for (var i = 0; i < Math.Min(room, devices.Count); i++)
        {
            _kernel.Ob.Reference(devices[i].Address, ReferenceCause.DeviceEnumeration);
            Memory.WritePointer(deviceObjectList + (8 * i), devices[i].Address);
        }

        return room < devices.Count ? NtStatus.BufferTooSmall : NtStatus.Success;
    }

    /// <summary>The bottom of a device's stack, without a reference.</summary>
    internal static DeviceObject BottomOf(DeviceObject device)
    {
        var below = device.DevicesBelow(StackLimit);
        if (below.End == WalkEnd.Unreadable)
            throw new TargetReadException(below.At, below.Failure);
        if (below.End != WalkEnd.Complete)
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"a device stack that does not end within {StackLimit} devices");
        return below.Items.Count == 0 ? device : below.Items[^1];
    }

    /// <summary>Puts a device on top of a stack.</summary>
    /// <returns>The device below it; null when the top is leaving or not initialised (T-32).</returns>
    private DeviceObject? Attach(DeviceObject source, DeviceObject target, Out<DeviceObject> attachedTo)
    {
        var top = IoGetAttachedDevice(target);
        if ((ExtensionFlagsOf(top) & Leaving) != 0 || (top.Flags & DeviceFlags.DeviceInitializing) != 0 || top.StackSize == StackLimit)
        {
            if (!attachedTo.IsNull)
                attachedTo.Set(Memory, null);
            return null;
        }

        if (!attachedTo.IsNull)
            attachedTo.Set(Memory, top);
        source.SetStackSize(Memory, (sbyte)(top.StackSize + 1));
        source.SetAlignmentRequirement(Memory, top.AlignmentRequirement);
        source.SetSectorSize(Memory, top.SectorSize);
        if ((ExtensionFlagsOf(top) & DeviceObjectExtensionFlags.StartPending) != 0)
            SetExtensionFlags(source, ExtensionFlagsOf(source) | DeviceObjectExtensionFlags.StartPending);
        top.SetAttachedDevice(Memory, source);
        ExtensionOf(source).SetAttachedTo(Memory, top);
        RecordAttachment(top, attached: true, source);
        return top;
    }

    private void RecordAttachment(DeviceObject lower, bool attached, DeviceObject upper) => _kernel.Record(
        new ReferenceRecord(
            lower.Address, nameof(ObjectKind.Device), ReferenceCounter.Attachment,
            attached ? 0 : 1, attached ? 1 : 0, ReferenceCause.Attachment, upper.Address));

    /// <summary>A device that is going while another is attached to it: the upper driver may detach in FastIoDetachDevice (U-3.64b).</summary>
    private async GuestTask OfferDetach(DeviceObject device)
    {
        if (device.ReferenceCount != 0 || device.AttachedDevice is not { } upper || upper.DriverObject is not { } driver)
            return;
        if (FastIoRoutine(driver, static d => d.FastIoDetachDevice) is not { } routine)
            return;
        await _kernel.CallDriver(
            DriverCallKind.FastIo, driver.Address, _kernel.CurrentThread, routine, upper.Address.Value, device.Address.Value);
    }

    /// <summary>An entry of a driver's fast I/O table; null when the table is absent, too short, or has no such routine.</summary>
    private VirtualAddress? FastIoRoutine(DriverObject driver, Func<FastIoDispatch, VirtualAddress> entry)
    {
        if (driver.FastIoDispatch.IsNull)
            return null;
        var table = new FastIoDispatch(Memory, driver.FastIoDispatch);
        if (table.SizeOfFastIoDispatch < FastIoBytes)
            return null;
        var routine = entry(table);
        return routine.IsNull ? null : routine;
    }
}
