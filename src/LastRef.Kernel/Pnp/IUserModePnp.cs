namespace LastRef.Kernel;

/// <summary>User mode as the PnP manager sees it: what passes its questions and news on to applications and services (spec 5.2, 9).</summary>
internal interface IUserModePnp
{
    /// <summary>Asks everybody who registered for a handle on one of the devices, before any driver is asked (U-5.10, U-5.11).</summary>
    /// <param name="devices">The device, its descendants and its removal relations.</param>
    /// <returns>Who refused first; null when all agreed.</returns>
    GuestTask<UserVeto?> QueryRemove(IReadOnlyList<PnpDevice> devices);

    /// <summary>Those who were asked last learn that the devices stay (U-5.14).</summary>
    GuestTask QueryRemoveFailed();

    /// <summary>Who registered is told that the devices go: pending and complete after a question, complete alone without one (U-5.15, U-5.31).</summary>
    GuestTask Removed(IReadOnlyList<PnpDevice> devices, bool wasAsked);

    /// <summary>An interface came or went (U-5.38).</summary>
    GuestTask InterfaceChanged(Guid classGuid, string name, bool arrived);

    /// <summary>A driver reports an event of its own to all who have the device open and registered that handle (U-6.68, U-9.1).</summary>
    GuestTask Custom(PnpDevice device, Guid what);

    /// <summary>Whether anybody wants to hear of device instances (CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE, U-9.4).</summary>
    bool HasInstanceListeners { get; }

    /// <summary>A device instance was enumerated, started or removed (U-9.3).</summary>
    GuestTask InstanceChanged(string instancePath, InstanceChange change);
}
