using System.Collections.Frozen;

namespace LastRef;

/// <summary>The catalogue of reasons (spec section 7), as far as LastRef finds them.</summary>
public static class Reasons
{
    private static readonly FrozenDictionary<Reason, ReasonInfo> s_catalogue = Build().ToFrozenDictionary(info => info.Reason);

    /// <summary>All reasons in the order of their numbers.</summary>
    public static IEnumerable<ReasonInfo> All => s_catalogue.Values.OrderBy(info => info.Reason);

    public static ReasonInfo Of(Reason reason) => s_catalogue[reason];

    /// <summary>Finds a reason by its id, in any case.</summary>
    public static ReasonInfo? Find(string id) =>
        s_catalogue.Values.FirstOrDefault(info => string.Equals(info.Id, id, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<ReasonInfo> Build() =>
    [
        Entry(Reason.Unlisted, Phase.B, "Something that the catalogue of reasons does not list", "L-18", [],
            "Look at the holders and the story; run again with --verbose."),
        Entry(Reason.NoUnloadRoutine, Phase.A1, "No unload routine", "L-1", [Known("U-3.15"), Known("U-3.53")],
            "Set DriverObject->DriverUnload in DriverEntry, even if the routine only returns."),
        Entry(Reason.StopSentToPnpDriver, Phase.A1, "Stop sent to a PnP driver", "L-2", [Known("U-3.16")],
            "Disable or remove the driver's devices instead: sc stop can't unload a driver that has an AddDevice routine."),
        Entry(Reason.ControlDeviceNotDeleted, Phase.A0, "Control device of a PnP driver not deleted with its last device", "L-6",
            [Known("U-3.51"), Known("U-4.50")],
            "Call IoDeleteDevice for the control device when the last PnP device is removed, under the lock that guards its creation; or give each device a raw child device instead."),
        Entry(Reason.StackDeviceNotDeleted, Phase.A0, "Device not deleted in IRP_MN_REMOVE_DEVICE", "L-5", [Known("U-3.51"), Known("U-4.35")],
            "Call IoDeleteDevice on every path of the IRP_MN_REMOVE_DEVICE handler, also when passing the request down failed."),
        Entry(Reason.NotDetachedInRemove, Phase.A0, "Device deleted without being detached", "L-5", [Known("U-3.61"), Inferred("U-3.64a")],
            "Call IoDetachDevice for the device below before IoDeleteDevice for your own."),
        Entry(Reason.DeviceLeftByFailedAddDevice, Phase.A0, "Device left behind by a failed AddDevice", "L-5", [Inferred("U-4.36")],
            "Call IoDeleteDevice on every error path of AddDevice."),
        Entry(Reason.DeviceLeftByFailedDriverEntry, Phase.B, "Device left behind by a failed DriverEntry", "L-4", [Known("U-1.63"), Inferred("U-2.15")],
            "Undo everything that DriverEntry did before it returns an error: Windows does not call DriverUnload then."),
        Entry(Reason.OpenHandle, Phase.A2, "A client has the device open", "L-9", [Known("U-3.19")],
            "Close the handle before the driver is stopped; stop the application or service that owns it first."),
        Entry(Reason.OpenHandleVetoesRemoval, Phase.P, "A client's open handle vetoes the removal", "L-9", [Known("U-5.13")],
            "The client registers for the removal notification of the device and closes its handle on query-remove."),
        Entry(Reason.OpenHandleAfterSurpriseRemoval, Phase.P, "A client keeps its handle after a surprise removal", "L-9", [Known("U-5.32")],
            "The client closes its handle when it is told that the removal is complete."),
        Entry(Reason.FileObjectKeptByDriver, Phase.A2, "A driver keeps a file object of the device", "L-8", [Known("U-6.5"), Known("U-3.19")],
            "Call ObDereferenceObject for the FILE_OBJECT (not for the device) as soon as it is not needed, at the latest on a removal or unload notification."),
        Entry(Reason.DeviceReferenceKept, Phase.B, "A driver keeps a reference to a device object", "L-7", [Known("U-6.7"), Known("U-3.65")],
            "Call ObDereferenceObject for every device object that a routine such as IoGetAttachedDeviceReference returned."),
        Entry(Reason.PnpNotificationNotUnregistered, Phase.B, "PnP notification not unregistered", "L-7", [Known("U-6.21")],
            "Call IoUnregisterPlugPlayNotificationEx for every registration, at the latest in DriverUnload."),
        Entry(Reason.FsRegistrationChangeNotUnregistered, Phase.B, "File system change notification not unregistered", "L-7", [Known("U-6.24")],
            "Call IoUnregisterFsRegistrationChange with the same routine before DriverUnload returns."),
        Entry(Reason.FileSystemRegistered, Phase.A2, "A file system is registered", "L-7", [Inferred("U-6.19"), Known("U-3.19")],
            "Call IoUnregisterFileSystem, and dismount, on a request that comes before the stop: DriverUnload is too late for it."),
        Entry(Reason.FilterAboveDoesNotDetach, Phase.A2, "A driver attached above does not detach", "L-5", [Known("U-3.19")],
            "Unload the upper driver first; the upper driver calls IoDetachDevice when it is to leave."),
        Entry(Reason.AttachedToItself, Phase.A2, "The driver is attached to a device of its own", "L-5", [Known("U-4.22")],
            "Detach the upper device on a signal that comes before the stop: DriverUnload is not called while it is attached."),
        Entry(Reason.OpenedItself, Phase.A2, "The driver holds an open of its own device", "L-8", [Known("U-6.5"), Known("U-3.19")],
            "Release the file object or close the handle before the stop: DriverUnload is not called while it is open."),
        Entry(Reason.RequestsQueuedForEver, Phase.A2, "Requests are kept after their handle was closed", "L-10", [Known("U-3.74"), Known("U-4.20")],
            "Give every request that you keep a cancel routine, and complete those of a file object in IRP_MJ_CLEANUP."),
        Entry(Reason.KernelHandleLeaked, Phase.A2, "A kernel handle to the device was leaked", "L-8", [Known("U-6.17"), Known("U-3.19")],
            "Call ZwClose for every handle of ZwCreateFile or ZwOpenFile, on every path, at the latest in the DriverUnload of the driver that opened it."),
        Entry(Reason.HandleInForeignProcess, Phase.A2, "A driver's handle lies in the table of a foreign process", "L-7", [Known("U-6.17"), Known("U-3.19")],
            "Open with OBJ_KERNEL_HANDLE: such a handle is good in every process and is closed from any; without it, close the handle in the process that opened it."),
        Entry(Reason.RemoveLockLeaked, Phase.A3, "A remove lock is not released", "L-7", [Known("U-5.90"), Known("U-5.91")],
            "Release the remove lock with the same tag on every path, also when a timer is cancelled or a request fails, before REMOVE waits for it."),
        Entry(Reason.RoutineNeverReturns, Phase.A3, "DriverUnload or a removal waits for something that never ends", "L-10", [Known("U-6.53")],
            "Signal what the thread, work item or request waits for before you wait for its end; never wait for something that needs the waiting thread."),
        Entry(Reason.RemoveNotPassedDown, Phase.P, "IRP_MN_REMOVE_DEVICE is not passed down", "L-13", [Known("U-5.83")],
            "Set STATUS_SUCCESS, skip the stack location and call IoCallDriver for the device below; then detach and delete."),
        Entry(Reason.MissingPdoNotDeleted, Phase.A0, "The PDO of a child that is gone was not deleted", "L-14", [Known("U-5.72")],
            "Delete the PDO in its IRP_MN_REMOVE_DEVICE once you have reported the child as missing, exactly once."),
        Entry(Reason.PdoReferenceLeaked, Phase.B, "The bus driver keeps a reference to a PDO", "L-7", [Known("U-5.70")],
            "Reference each PDO exactly once for each report of it; the PnP manager gives that one back."),
        Entry(Reason.QueryRemoveFailed, Phase.P, "A driver fails the query to remove its device", "L-2", [Known("U-5.12"), Known("U-5.14")],
            "Succeed IRP_MN_QUERY_REMOVE_DEVICE and pass it down, unless data would be lost or a system file is on the device; hold new requests until REMOVE or CANCEL_REMOVE comes."),
        Entry(Reason.NotDisableable, Phase.P, "The device cannot be disabled", "L-2", [Known("U-5.46"), Known("U-5.61")],
            "Report PNP_DEVICE_NOT_DISABLEABLE only while a paging, hibernation or dump file is on the device; then a restart is the only way."),
        Entry(Reason.ChildKeepsParent, Phase.P, "A handle on a child device keeps its parent", "L-9", [Known("U-5.12"), Known("U-5.13")],
            "The client of the child registers for the removal notification of its handle and closes it on query-remove."),
        Entry(Reason.WorkItemOrThreadRunning, Phase.B, "A work item or thread still runs when DriverUnload returns", "L-10", [Known("U-6.51"), Known("U-6.54")],
            "Signal the work item or thread to end and wait for it before DriverUnload returns."),
        Entry(Reason.RegistrationOnDeviceNotDeleted, Phase.B, "A device with a shutdown or WMI registration was never deleted", "L-5", [Known("U-6.1"), Known("U-6.28")],
            "Undo the registration (IoUnregisterShutdownNotification, IoWMIRegistrationControl with WMIREG_ACTION_DEREGISTER), then call IoDeleteDevice."),
        Entry(Reason.ReferenceLeakOfOwn, Phase.B, "The driver never gives back a reference that it took", "L-7", [Known("U-3.82")],
            "Call ObDereferenceObject once for each ObReferenceObject, on every path."),
        Entry(Reason.OverDereference, Phase.C, "A reference was given back that was not taken", "L-7", [Known("U-1.37")],
            "Call ObDereferenceObject exactly as often as references were taken."),
        Entry(Reason.DriverObjectKept, Phase.B, "Another driver keeps a reference to the driver object", "L-7", [Known("U-6.14"), Known("U-3.82")],
            "That driver calls ObDereferenceObject for the driver object, or closes its handle to it."),
        Entry(Reason.ServiceKeyDeleted, Phase.A1, "The service key was deleted before the stop", "L-2", [Known("U-3.12")],
            "Stop the service first and delete it with DeleteService afterwards; a driver never deletes its own service key."),
        Entry(Reason.CreatedByIoCreateDriver, Phase.A1, "A driver object of IoCreateDriver was left behind", "L-4", [Inferred("U-3.17")],
            "Delete the devices of that driver object and call IoDeleteDriver for it before DriverUnload returns."),
        Entry(Reason.ImportedByAnotherImage, Phase.B, "Another loaded image imports this one", "L-2", [Known("U-6.84")],
            "Unload the importing driver first."),
        Entry(Reason.TimerOrDpcActive, Phase.C, "A timer or DPC is still active after the unload", "L-11", [Known("U-6.55"), Known("U-6.57")],
            "Call KeCancelTimer and then KeFlushQueuedDpcs before DriverUnload returns."),
        Entry(Reason.ThreadOrWorkItemLeftBehind, Phase.C, "A thread or work item still runs after the unload", "L-10", [Known("U-6.52"), Known("U-6.53")],
            "Signal the thread and wait for the thread object with KeWaitForSingleObject before DriverUnload returns."),
        Entry(Reason.CallbackNotRemoved, Phase.C, "A callback was not removed", "L-11", [Known("U-6.30")],
            "Call the matching routine that removes the callback, and wait until it is out, before DriverUnload returns."),
        Entry(Reason.InterruptOrCompletionOutstanding, Phase.C, "An interrupt or completion routine is outstanding", "L-10", [Known("U-6.58"), Known("U-6.59")],
            "Disconnect the interrupt; wait for your own requests to come back before DriverUnload returns."),
        Entry(Reason.DeletedTwice, Phase.C, "A device was deleted twice", "L-14", [Known("U-3.60")],
            "Call IoDeleteDevice exactly once for each device, and clear your pointer to it."),
        Entry(Reason.ResourceLeft, Phase.L, "Memory or a name was left behind", "L-4", [Known("U-6.64"), Known("U-6.41")],
            "Free what DriverEntry allocated and delete the symbolic link in DriverUnload."),
        Entry(Reason.RemovalCallbackDeadlock, Phase.A3, "A removal callback waits for what comes only after it", "L-9", [Known("U-9.15"), Known("U-5.10")],
            "In the callback only cancel, close and signal; unregister from another thread and do not wait for it there."),
        Entry(Reason.ImageOfTwoServices, Phase.B, "Two services name one image", "L-2", [Known("U-5.60")],
            "Give each image one service; let both devices name that service."),
        Entry(Reason.UnloadRace, Phase.B, "A device arrives while the driver leaves", "L-10", [Known("U-3.55")],
            "Finish the work of a device in its IRP_MN_REMOVE_DEVICE and keep DriverUnload short; whoever installs restarts the device once more."),
        Entry(Reason.DeletePendingControlDevice, Phase.A0, "The last device went after the last attempt", "L-15", [Inferred("U-3.8")],
            "Have clients close their handles before the last device is removed; removing and adding a device once more unloads the driver."),
    ];

    private static ReasonInfo Entry(
        Reason reason, Phase phase, string title, string rule, IReadOnlyList<Fact> facts, string fix) =>
        new(reason, reason == Reason.Unlisted ? "unlisted" : $"R-{(int)reason:00}", phase, title, rule, facts, fix);

    private static Fact Known(string id) => new(id, true);

    private static Fact Inferred(string id) => new(id, false);
}
