using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Notifications of drivers' own making about a device (U-6.68).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Offset of TARGET_DEVICE_CUSTOM_NOTIFICATION.FileObject (wdm.h): Version, Size, Event before it.</summary>
    private const int CustomFileObject = 0x18;

    /// <summary>Tells all who registered for a device, and waits until they are done.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoReportTargetDeviceChange, WDK reference")]
    internal async GuestTask<NtStatus> IoReportTargetDeviceChange(DeviceObject physicalDeviceObject, VirtualAddress notificationStructure)
    {
        if (DeviceOfPdo(physicalDeviceObject.Address) is not { } device || IsReserved(notificationStructure))
            return NtStatus.InvalidDeviceRequest;
        await TellCustom(device, Copy(notificationStructure));
        return NtStatus.Success;
    }

    /// <summary>The same by a worker, who calls the driver back at the end.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.68")]
    internal NtStatus IoReportTargetDeviceChangeAsynchronous(
        DeviceObject physicalDeviceObject, VirtualAddress notificationStructure, VirtualAddress callback, VirtualAddress context)
    {
        if (DeviceOfPdo(physicalDeviceObject.Address) is not { } device || IsReserved(notificationStructure))
            return NtStatus.InvalidDeviceRequest;
        var copy = Copy(notificationStructure);
        _kernel.Ob.Reference(device.Pdo.Address, ReferenceCause.PnpOperation);
        _kernel.Ex.QueueWork(async thread =>
        {
            await TellCustom(device, copy);
            if (!callback.IsNull)
                await _kernel.CallDriver(DriverCallKind.Other, VirtualAddress.Null, thread, callback, context.Value);
            await _kernel.Ob.Dereference(device.Pdo.Address, ReferenceCause.PnpOperation);
        });
        return NtStatus.Pending;
    }

    private async GuestTask TellCustom(PnpDevice device, byte[] structure)
    {
        foreach (var entry in TargetsOf(device))
        {
            if (!_notifications.Contains(entry.Address))
                continue;
            var copy = _kernel.Ex.PagedPool.Allocate((ulong)structure.Length, PoolTags.Pnp, null);
            Memory.Write(copy, structure);
            Memory.WritePointer(copy + CustomFileObject, entry.FileObject?.Address ?? VirtualAddress.Null);
            await CallBack(entry, copy);
            _kernel.Ex.PagedPool.Free(copy);
        }

        // DBT_CUSTOMEVENT and CM_NOTIFY_ACTION_DEVICECUSTOMEVENT (U-9.1, U-9.3): handles of applications and services are told too.
        if (UserMode is { } listeners)
            await listeners.Custom(device, new Guid(structure.AsSpan(4, 16)));
    }

    /// <summary>The events of the PnP manager itself are not a driver's to send.</summary>
    private bool IsReserved(VirtualAddress structure)
    {
        var what = ReadGuid(structure + 4);
        return what == PnpEvents.QueryRemove || what == PnpEvents.RemoveCancelled || what == PnpEvents.RemoveComplete;
    }

    private byte[] Copy(VirtualAddress structure)
    {
        var bytes = new byte[Math.Max((int)Memory.ReadUInt16(structure + 2), CustomFileObject + 8)];
        Memory.Read(structure, bytes);
        return bytes;
    }
}
