using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The queue of requests that the I/O manager keeps for a device with a StartIo routine (Doc: "Using System-Supplied StartIo Queues").</summary>
internal sealed partial class IoManager
{
    private const uint DeferStartIo = 1;
    private const uint NonCancelable = 2;

    /// <summary>Starts a request now when the device is idle, else queues it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoStartPacket, WDK reference")]
    internal async GuestTask IoStartPacket(DeviceObject deviceObject, Irp irp, VirtualAddress key, VirtualAddress cancelFunction)
    {
        var before = _kernel.Ke.RaiseIrql(Irql.Dispatch);
        if (!cancelFunction.IsNull)
            irp.SetCancelRoutine(Memory, cancelFunction);
        var (queue, entry) = (deviceObject.DeviceQueue, irp.DeviceQueueEntry);
        bool isQueued = key.IsNull
            ? _kernel.Ke.KeInsertDeviceQueue(queue, entry)
            : _kernel.Ke.KeInsertByKeyDeviceQueue(queue, entry, Memory.ReadUInt32(key));
        if (!isQueued)
        {
            deviceObject.SetCurrentIrp(Memory, irp);
            if (!cancelFunction.IsNull && (StartIoFlags(deviceObject) & NonCancelable) != 0)
                irp.SetCancelRoutine(Memory, VirtualAddress.Null);
            await CallStartIo(deviceObject, irp);
        }

        // A request that was cancelled before it could be queued is cancelled now.
        else if (!cancelFunction.IsNull && irp.Cancel && !irp.CancelRoutine.IsNull)
        {
            _kernel.Ke.LowerIrql(before);
            await CancelIrp(irp);
            return;
        }

        _kernel.Ke.LowerIrql(before);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoStartNextPacket, WDK reference")]
    internal GuestTask IoStartNextPacket(DeviceObject deviceObject, NtBoolean cancelable) => StartNext(deviceObject, null, cancelable);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoStartNextPacketByKey, WDK reference")]
    internal GuestTask IoStartNextPacketByKey(DeviceObject deviceObject, NtBoolean cancelable, uint key) => StartNext(deviceObject, key, cancelable);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoSetStartIoAttributes, WDK reference")]
    internal void IoSetStartIoAttributes(DeviceObject deviceObject, NtBoolean deferredStartIo, NtBoolean nonCancelable) =>
        ExtensionOf(deviceObject).SetStartIoFlags(Memory, (deferredStartIo ? DeferStartIo : 0) | (nonCancelable ? NonCancelable : 0));

    private async GuestTask StartNext(DeviceObject device, uint? key, bool cancelable)
    {
        if ((StartIoFlags(device) & DeferStartIo) != 0)
        {
            // A StartIo that calls this routine gets its next request after it has returned, not on top of itself.
            var extension = ExtensionOf(device);
            if (extension.StartIoCount > 0)
            {
                extension.SetStartIoCount(Memory, extension.StartIoCount + 1);
                return;
            }
        }

        var before = _kernel.Ke.CurrentIrql < Irql.Dispatch ? _kernel.Ke.RaiseIrql(Irql.Dispatch) : _kernel.Ke.CurrentIrql;
        device.SetCurrentIrp(Memory, null);
        var entry = key is { } from
            ? _kernel.Ke.KeRemoveByKeyDeviceQueue(device.DeviceQueue, from)
            : _kernel.Ke.KeRemoveDeviceQueue(device.DeviceQueue);
        if (!entry.IsNull)
        {
            var irp = new Irp(Memory, entry - (int)(new Irp(Memory, VirtualAddress.Null).DeviceQueueEntryAddress - VirtualAddress.Null));
            device.SetCurrentIrp(Memory, irp);
            if (cancelable && (StartIoFlags(device) & NonCancelable) != 0)
                irp.SetCancelRoutine(Memory, VirtualAddress.Null);
            await CallStartIo(device, irp);
        }

        _kernel.Ke.LowerIrql(before);
    }

    private async GuestTask CallStartIo(DeviceObject device, Irp irp)
    {
        var driver = device.DriverObject ?? throw new TargetReadException(device.DriverObjectAddress, ReadFailure.NotMapped);
        var extension = ExtensionOf(device);
        var isDeferred = (StartIoFlags(device) & DeferStartIo) != 0;
        if (isDeferred)
            extension.SetStartIoCount(Memory, 1);
        await _kernel.CallDriver(
            DriverCallKind.StartIo, driver.Address, _kernel.CurrentThread, driver.DriverStartIo, device.Address.Value, irp.Address.Value);
        if (!isDeferred)
            return;
        var asked = extension.StartIoCount - 1;
        extension.SetStartIoCount(Memory, 0);
        for (var i = 0; i < asked; i++)
            await StartNext(device, null, cancelable: true);
    }

    private static uint StartIoFlags(DeviceObject device) => ExtensionOf(device).StartIoFlags;
}
