using LastRef.Nt;

namespace LastRef;

/// <summary>Attachments that lead nowhere.</summary>
public sealed partial class MachineSurvey
{
    /// <summary>Devices in the stacks of a driver's device nodes whose AttachedDevice is no device object, or one that stands elsewhere.</summary>
    /// <remarks>
    /// A device that was deleted is in no list any more; what is left of it is the pointer in the device below. Whose it was is told by
    /// the service of the device node alone, so a filter's device may be meant.
    /// </remarks>
    private List<CapturedBrokenAttachment> BrokenAttachmentsOf(SurveySubject subject)
    {
        var found = new List<CapturedBrokenAttachment>();
        var stem = Path.GetFileNameWithoutExtension(subject.ImageName);
        foreach (var node in Nodes)
        {
            var isOfDriver = node.ServiceName.Length > 0
                && (Same(stem, node.ServiceName) || Same(subject.Driver?.ServiceName, node.ServiceName) || Same(subject.Driver?.ShortName, node.ServiceName));
            if (isOfDriver && !node.PhysicalDevice.IsNull && BrokenAbove(node.PhysicalDevice) is { } broken)
                found.Add(broken);
        }

        return found;
    }

    /// <summary>Climbs a stack to the first pointer that leads to no device; null when the climb ends at the top, or cannot be read.</summary>
    private CapturedBrokenAttachment? BrokenAbove(VirtualAddress bottom)
    {
        var seen = new HashSet<VirtualAddress>();
        for (var at = bottom; DeviceAt(at) is { AttachedDevice.IsNull: false } device && seen.Add(at) && seen.Count < NodeDepth; at = device.AttachedDevice)
        {
            if (WhatIsWrong(at, device.AttachedDevice) is { } wrong)
                return new CapturedBrokenAttachment(at, device.Name ?? $"the device at {at}", device.AttachedDevice, wrong);
        }

        return null;
    }

    /// <summary>Why an address is no device attached above another; null when it is one, and when its page is not in the dump.</summary>
    private string? WhatIsWrong(VirtualAddress below, VirtualAddress above)
    {
        Span<byte> head = stackalloc byte[2];
        if (!Target.TryRead(above, head, out var failure))
            return failure == ReadFailure.NotMapped ? "it leads to memory that is not mapped" : null;
        var type = BitConverter.ToInt16(head);
        if (type != DeviceType)
            return $"it leads to no device object: Type is 0x{(ushort)type:x}";
        return DeviceAt(above) is { AttachedTo.IsNull: false } device && device.AttachedTo != below ? "it leads to a device that is attached elsewhere" : null;
    }
}
