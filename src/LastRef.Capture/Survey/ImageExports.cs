using System.Buffers.Binary;
using System.Text;

namespace LastRef;

/// <summary>The names of an image's exported routines, from its export directory in memory.</summary>
/// <remarks>Doc: "PE Format", export directory table. Everything read is untrusted: what makes no sense gives no name.</remarks>
internal sealed class ImageExports
{
    private const int DirectoryBytes = 40;
    private const int MostNames = 0x10000;
    private const int MostNameBytes = 128;
    private const int MostRoutineBytes = 0x4000;
    private readonly List<(uint Rva, uint Name)> _exports = [];
    private readonly Target _target;
    private readonly CapturedModule _module;

    public ImageExports(Target target, CapturedModule module)
    {
        (_target, _module) = (target, module);
        Read();
        _exports.Sort();
    }

    /// <summary>The exported routine that an address lies in: the nearest one below, or the one at the function's begin where that is known.</summary>
    public string? NameAt(VirtualAddress address, VirtualAddress functionBegin)
    {
        var rva = (uint)Math.Min((functionBegin.IsNull ? address : functionBegin) - _module.Base, uint.MaxValue);
        var (low, high) = (0, _exports.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_exports[middle].Rva <= rva)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return null;
        var (begin, name) = _exports[low - 1];
        var fits = functionBegin.IsNull ? rva - begin < MostRoutineBytes : begin == rva;
        return fits ? NameOf(name) : null;
    }

    private void Read()
    {
        Span<byte> directory = stackalloc byte[DirectoryBytes];
        if (!TryUInt32(0x3C, out var nt) || nt > 0x1000 || !TryUInt32(nt + 24 + 112, out var at) || at == 0 || at >= _module.ByteCount
            || !_target.TryRead(_module.Base + (ulong)at, directory, out _))
            return;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(directory[24..]);
        var (functions, names, ordinals) = (BinaryPrimitives.ReadUInt32LittleEndian(directory[28..]), BinaryPrimitives.ReadUInt32LittleEndian(directory[32..]), BinaryPrimitives.ReadUInt32LittleEndian(directory[36..]));
        Span<byte> two = stackalloc byte[2];
        for (var i = 0U; i < Math.Min(count, MostNames); i++)
        {
            if (!TryUInt32(names + (4 * i), out var name) || name >= _module.ByteCount || !_target.TryRead(_module.Base + (ulong)(ordinals + (2 * i)), two, out _)
                || !TryUInt32(functions + (4U * BinaryPrimitives.ReadUInt16LittleEndian(two)), out var rva) || rva >= _module.ByteCount)
                continue;
            _exports.Add((rva, name));
        }
    }

    private string? NameOf(uint rva)
    {
        Span<byte> bytes = stackalloc byte[MostNameBytes];
        var length = 0;
        while (length < bytes.Length && _target.TryRead(_module.Base + (ulong)(rva + (uint)length), bytes.Slice(length, 1), out _) && bytes[length] is >= 0x21 and < 0x7F)
            length++;
        return length == 0 ? null : Encoding.ASCII.GetString(bytes[..length]);
    }

    private bool TryUInt32(uint rva, out uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        var isRead = _target.TryRead(_module.Base + (ulong)rva, bytes, out _);
        value = isRead ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return isRead;
    }
}
