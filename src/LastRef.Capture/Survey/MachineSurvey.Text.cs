using LastRef.Nt;

namespace LastRef;

/// <summary>What tables show of objects: their types, names and places.</summary>
public sealed partial class MachineSurvey
{
    private const int FirstType = 2;
    private readonly Dictionary<byte, string> _typeNames = [];
    private VirtualAddress? _typeTable;
    private byte? _headerCookie;

    /// <summary>An address as image and offset, where it lies in a loaded one.</summary>
    public string PlaceOf(VirtualAddress address)
    {
        var module = Modules.FirstOrDefault(m => m.Contains(address));
        return module is null ? address.ToString() : $"{module.Name}+0x{address - module.Base:x}";
    }

    /// <summary>The name of an object's type; null when it cannot be told.</summary>
    /// <remarks>Fact: dump-format, section 7: from Windows 10 on the index is mixed with a cookie and the header's address.</remarks>
    public string? TypeNameOf(VirtualAddress body)
    {
        Span<byte> stored = stackalloc byte[1];
        var header = new ObjectHeader(Target, body - ObjectHeaderBytes);
        if (!Target.TryRead(header.TypeIndexAddress, stored, out _))
            return null;
        _typeTable ??= _machine.Find("ObTypeIndexTable") ?? default;
        if (_typeTable.Value.IsNull)
            return null;
        if (_headerCookie is null)
        {
            Span<byte> cookie = stackalloc byte[1];
            _headerCookie = _machine.Find("ObHeaderCookie") is { } at && Target.TryRead(at, cookie, out _) ? cookie[0] : (byte)0;
        }

        const int firstBuildWithCookie = 10240;
        var index = (int)Layout.Build >= firstBuildWithCookie ? (byte)(stored[0] ^ _headerCookie.Value ^ (byte)(header.Address.Value >> 8)) : stored[0];
        if (_typeNames.TryGetValue(index, out var known))
            return known;
        if (index < FirstType || !TryPointer(_typeTable.Value + (8 * index), out var type) || !type.IsKernel)
            return null;
        var name = new ObjectType(Target, type).Name.TryToText(out _, NameLimit);
        return name is null ? null : _typeNames[index] = name;
    }

    /// <summary>A name for people: of an object in the namespace, or of what a file object opened; null when there is none.</summary>
    public string? DescribeObject(VirtualAddress body)
    {
        if (NameOf(body) is { } name)
            return name;
        return Try("the file object", body, () =>
        {
            var file = new FileObject(Target, body);
            if (file.Type != FileType || file.Size != FileObject.SizeOf(Layout) || file.DeviceObject is not { } device)
                return null;
            return (NameOf(device.Address) ?? device.Address.ToString()) + TextOf(file.FileName);
        });
    }

    /// <summary>Requests of all threads and those that a pool scan finds.</summary>
    public IReadOnlyList<SurveyedIrp> AllIrps()
    {
        var irps = new List<SurveyedIrp>();
        foreach (var address in ThreadIrps.Concat(Scan.Irps).Distinct().Order())
        {
            if (Try("the request", address, () => ReadIrp(new Irp(Target, address))) is { } irp)
                irps.Add(irp);
        }

        return irps;
    }

    private SurveyedIrp ReadIrp(Irp irp)
    {
        var isSent = irp.CurrentLocation <= irp.StackCount;
        IoStackLocation? location = isSent ? irp.CurrentStackLocation : null;
        var request = location is { } at ? $"{at.MajorFunction}{(at.MinorFunction == 0 ? "" : $"/0x{at.MinorFunction:x}")}" : "-";
        return new SurveyedIrp(
            irp.Address, irp.Thread?.Address ?? default, $"{irp.CurrentLocation}/{irp.StackCount}", request, location?.DeviceObject?.Address ?? default,
            location?.FileObject?.Address ?? irp.OriginalFileObject?.Address ?? default, irp.CancelRoutine, irp.Cancel);
    }
}
