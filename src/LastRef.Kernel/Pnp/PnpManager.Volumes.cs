using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Removal of storage devices with mounted volumes.</summary>
/// <remarks>U-5.12, U-5.15: the file system is asked and told through its volume device and passes the request on to the storage stack (Doc: "IRP_MJ_PNP (IFS)").</remarks>
internal sealed partial class PnpManager
{
    /// <summary>Where a PnP request of a device goes to: the top of its stack, or of the volume's that stands on it.</summary>
    private DeviceObject TargetOf(PnpDevice device, PnpMinor minor)
    {
        var stack = StackAbove(device.Pdo);
        var isOfRemoval = minor is PnpMinor.QueryRemoveDevice or PnpMinor.CancelRemoveDevice or PnpMinor.RemoveDevice or PnpMinor.SurpriseRemoval;
        if (!isOfRemoval)
            return stack[^1];
        foreach (var member in stack)
        {
            if (member.Vpb is { DeviceObject: { } volume } vpb && (vpb.Flags & VpbFlags.Mounted) != 0 && vpb.RealDevice?.Address == member.Address)
                return _kernel.Io.IoGetAttachedDevice(volume);
        }

        return stack[^1];
    }

    /// <summary>Nothing is mounted any more on a device that is about to go (VPB_REMOVE_PENDING), until it is said that it stays or it starts again.</summary>
    private void NoteOnVolumes(PnpDevice device, PnpMinor minor)
    {
        var isLeaving = minor is PnpMinor.QueryRemoveDevice or PnpMinor.SurpriseRemoval;
        if (!isLeaving && minor is not (PnpMinor.CancelRemoveDevice or PnpMinor.StartDevice))
            return;
        foreach (var member in StackAbove(device.Pdo))
        {
            if (member.Vpb is { } vpb && vpb.RealDevice?.Address == member.Address)
                vpb.SetFlags(Memory, isLeaving ? vpb.Flags | VpbFlags.RemovePending : vpb.Flags & ~VpbFlags.RemovePending);
        }
    }
}
