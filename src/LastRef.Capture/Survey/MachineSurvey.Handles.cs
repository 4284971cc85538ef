using System.Buffers.Binary;

namespace LastRef;

/// <summary>Handles of all processes, and the file objects behind them.</summary>
public sealed partial class MachineSurvey
{
    private const short FileType = 5;
    private List<SurveyedHandle>? _handles;
    private Dictionary<VirtualAddress, List<VirtualAddress>>? _filesByDevice;

    /// <summary>Handles of all processes, in the order of <see cref="Processes"/>.</summary>
    public IReadOnlyList<SurveyedHandle> Handles => _handles ??= ReadHandles();

    /// <summary>File objects behind handles, by the device that was opened.</summary>
    private Dictionary<VirtualAddress, List<VirtualAddress>> FilesByDevice => _filesByDevice ??= SortFiles();

    private List<SurveyedHandle> ReadHandles()
    {
        var handles = new List<SurveyedHandle>();
        var reader = new HandleTableReader(Target, Gap);
        if (!reader.IsKnown)
        {
            Gap("the handles: the layout of handle tables is not known (symbols of this kernel would tell it)");
            return handles;
        }

        for (var i = 0; i < Processes.Count; i++)
        {
            var process = Processes[i];
            if (IsCancelled)
            {
                Gap($"the handles: cut off on request after {i} of {Processes.Count} processes");
                break;
            }

            Report("handles", i, Processes.Count);
            if (process.HandleTable.IsNull)
                continue;
            var index = i;
            var goesOn = reader.Read(process.HandleTable, $"{process.Name} (process {process.Id})", (value, entry, body, access, batch) =>
            {
                handles.Add(new SurveyedHandle(index, value, entry, body, access, batch));
                return handles.Count < _options.HandleLimit;
            });
            if (goesOn)
                continue;
            Gap($"the handles: stopped after {handles.Count}");
            break;
        }

        return handles;
    }

    private Dictionary<VirtualAddress, List<VirtualAddress>> SortFiles()
    {
        var files = new Dictionary<VirtualAddress, List<VirtualAddress>>();
        if (!Layout.TryGetField("_FILE_OBJECT", "DeviceObject", out var device) || device.Offset + 8 > 0x40)
        {
            Gap("the file objects: their layout is not known");
            return files;
        }

        var seen = new HashSet<VirtualAddress>();
        Span<byte> head = stackalloc byte[0x40];
        head = head[..(device.Offset + 8)];
        for (var i = 0; i < Handles.Count; i++)
        {
            var body = Handles[i].Body;
            // Type and Size first: most handles are to other objects, whose first bytes tell as much.
            if (!seen.Add(body) || !Target.TryRead(body, head, out _) || BinaryPrimitives.ReadInt16LittleEndian(head) != FileType || !IsFileSize(head))
                continue;
            AddFile(files, new VirtualAddress(BinaryPrimitives.ReadUInt64LittleEndian(head[device.Offset..])), body);
        }

        return files;
    }

    private bool IsFileSize(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt16LittleEndian(head[2..]) is var size && (Layout.Structure("_FILE_OBJECT") is not { } file || size == file.Size);

    private static void AddFile(Dictionary<VirtualAddress, List<VirtualAddress>> files, VirtualAddress device, VirtualAddress file)
    {
        if (!files.TryGetValue(device, out var list))
            files[device] = list = [];
        list.Add(file);
    }
}
