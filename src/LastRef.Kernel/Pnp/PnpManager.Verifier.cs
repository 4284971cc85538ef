using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What Driver Verifier watches in removals (spec 8.3, 0xC9; Doc: "Bug Check 0xC9").</summary>
/// <remarks>
/// A rule whose breach destroys the machine's state stops the run, as Driver Verifier does. One whose consequence is the
/// very finding that a developer wants (the device that stays, the pointer that dangles) is noted, and the run goes on to it.
/// </remarks>
internal sealed partial class PnpManager
{
    private const uint IoManagerViolation = 0xC9;

    /// <summary>Called when a driver deletes a device.</summary>
    public void CheckDelete(DeviceObject device)
    {
        if (!_kernel.Options.Verifier)
            return;
        if (_inSurprise.Contains(device.Address) && DeviceOfPdo(device.Address) is null)
            throw Violation(0x242, "a driver deleted its device in IRP_MN_SURPRISE_REMOVAL: only IRP_MN_REMOVE_DEVICE may do so", device);
        if (ExtensionOf(device).AttachedTo is not null)
            Note(0x201, "IoDeleteDevice for a device that is still attached to the one below it", device);
        if (DeviceOfPdo(device.Address) is { IsMissing: false } pdo && !IsGoing(pdo.Parent))
            throw Violation(0x221, "a bus driver deleted the PDO of a device that it still reports", device);
        if (RemovedWithBusFilter(device) && !IsMissingFromBus(device))
            throw Violation(0x223, "a bus filter deleted its device in IRP_MN_REMOVE_DEVICE although the PDO lives on", device);
    }

    /// <summary>Called when a driver detaches a device from the one below it.</summary>
    public void CheckDetach(DeviceObject upper)
    {
        if (!_kernel.Options.Verifier)
            return;
        if (_inSurprise.Contains(upper.Address))
            throw Violation(0x241, "a driver detached its device in IRP_MN_SURPRISE_REMOVAL: only IRP_MN_REMOVE_DEVICE may do so", upper);
        if (RemovedWithBusFilter(upper) && !IsMissingFromBus(upper))
            throw Violation(0x222, "a bus filter detached its device in IRP_MN_REMOVE_DEVICE although the PDO lives on", upper);
    }

    /// <summary>Called when the memory of a device object is freed: a devnode that still points to it is fatal (U-5.77).</summary>
    public void CheckFreed(DeviceObject device)
    {
        if (DeviceOfPdo(device.Address) is not null)
            throw MachineStopException.BugCheck(0xCA, "a PDO was freed while its devnode is in the tree", 5, device.Address.Value);
    }

    /// <summary>After REMOVE every function and filter device of the stack has detached and deleted itself.</summary>
    private void CheckAfterRemove(PnpDevice device, List<DeviceObject> stack)
    {
        for (var i = 1; i < stack.Count; i++)
        {
            var member = stack[i];
            if (device.BusFilters.Exists(f => f.Address == member.Address))
                continue;
            if (!_kernel.Ob.IsAlive(member.Address, ObjectKind.Device))
                continue;
            var extension = ExtensionOf(member);
            var isDeleted = (extension.ExtensionFlags & DeviceObjectExtensionFlags.DeletePending) != 0;
            if (extension.AttachedTo is not null)
                Note(0x21D, "a driver did not detach its device in IRP_MN_REMOVE_DEVICE", member);
            if (!isDeleted)
                Note(0x21E, "a driver did not delete its device in IRP_MN_REMOVE_DEVICE", member);
        }
    }

    private bool RemovedWithBusFilter(DeviceObject device) =>
        _removing is { } current && current.BusFilters.Exists(f => f.Address == device.Address);

    private bool IsMissingFromBus(DeviceObject device) => _removing is { IsMissing: true };

    /// <summary>The device whose REMOVE is being handled now; state changes never overlap (U-5.2).</summary>
    private PnpDevice? _removing;

    /// <summary>A parent that goes deletes the PDOs of its children (U-5.74).</summary>
    private static bool IsGoing(PnpDevice? parent) => parent is null or { IsBeingRemoved: true } or { IsDeleted: true };

    private void Note(ulong rule, string what, DeviceObject device) =>
        _kernel.Record(new VerifierRecord(IoManagerViolation, rule, what, device.Address));

    private static MachineStopException Violation(ulong rule, string what, DeviceObject device) =>
        MachineStopException.BugCheck(IoManagerViolation, what, rule, device.Address.Value);
}
