using System.Buffers.Binary;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The structures in which keys and values are described to a driver.</summary>
/// <remarks>
/// Doc: KEY_BASIC_INFORMATION, KEY_VALUE_FULL_INFORMATION and their like, wdm.h. A buffer without room for the fixed part
/// gives BUFFER_TOO_SMALL, one that ends later is filled as far as it goes: BUFFER_OVERFLOW.
/// </remarks>
internal sealed partial class ConfigurationManager
{
    private const uint KeyBasicInformation = 0;
    private const uint KeyNodeInformation = 1;
    private const uint KeyFullInformation = 2;
    private const uint KeyNameInformation = 3;
    private const uint NoOffset = 0xFFFF_FFFF;

    private NtStatus WriteKeyInformation(RegistryKey key, uint informationClass, VirtualAddress buffer, uint length, Out<uint> resultLength)
    {
        var name = WideText.Bytes(key.Name);
        var keyClass = WideText.Bytes(key.Class);
        byte[] image;
        int fixedBytes;
        switch (informationClass)
        {
            case KeyBasicInformation:
                fixedBytes = 0x10;
                image = [.. new byte[fixedBytes], .. name];
                Put(image, 0xC, name.Length);
                break;
            case KeyNodeInformation:
                fixedBytes = 0x18;
                var classOffset = fixedBytes + ((name.Length + 3) & ~3);
                image = [.. new byte[fixedBytes], .. name, .. new byte[classOffset - fixedBytes - name.Length], .. keyClass];
                Put(image, 0xC, keyClass.Length == 0 ? unchecked((int)NoOffset) : classOffset);
                Put(image, 0x10, keyClass.Length);
                Put(image, 0x14, name.Length);
                break;
            case KeyFullInformation:
                fixedBytes = 0x2C;
                image = [.. new byte[fixedBytes], .. keyClass];
                Put(image, 0xC, keyClass.Length == 0 ? unchecked((int)NoOffset) : fixedBytes);
                Put(image, 0x10, keyClass.Length);
                Put(image, 0x14, key.Children.Count);
                Put(image, 0x18, key.Children.Select(c => 2 * c.Name.Length).DefaultIfEmpty().Max());
                Put(image, 0x1C, key.Children.Select(c => 2 * c.Class.Length).DefaultIfEmpty().Max());
                Put(image, 0x20, key.Values.Count);
                Put(image, 0x24, key.Values.Select(v => 2 * v.Name.Length).DefaultIfEmpty().Max());
                Put(image, 0x28, key.Values.Select(v => v.Data.Length).DefaultIfEmpty().Max());
                break;
            case KeyNameInformation:
                var path = WideText.Bytes(key.Path);
                fixedBytes = 4;
                image = [.. new byte[fixedBytes], .. path];
                Put(image, 0, path.Length);
                return Answer(image, fixedBytes, buffer, length, resultLength);
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a key queried with information class {informationClass}");
        }

        BinaryPrimitives.WriteInt64LittleEndian(image, key.LastWriteTime100ns);
        return Answer(image, fixedBytes, buffer, length, resultLength);
    }

    private NtStatus WriteValueInformation(RegistryValue value, uint informationClass, VirtualAddress buffer, uint length, Out<uint> resultLength)
    {
        const uint basic = 0, full = 1, partial = 2, fullAlign64 = 3, partialAlign64 = 4;
        var name = WideText.Bytes(value.Name);
        byte[] image;
        int fixedBytes;
        switch (informationClass)
        {
            case basic:
                fixedBytes = 0xC;
                image = [.. new byte[fixedBytes], .. name];
                Put(image, 4, (int)value.Type);
                Put(image, 8, name.Length);
                break;
            case full or fullAlign64:
                var alignment = informationClass == full ? 4 : 8;
                fixedBytes = 0x14;
                var dataOffset = (fixedBytes + name.Length + alignment - 1) & -alignment;
                image = [.. new byte[fixedBytes], .. name, .. new byte[dataOffset - fixedBytes - name.Length], .. value.Data];
                Put(image, 4, (int)value.Type);
                Put(image, 8, dataOffset);
                Put(image, 0xC, value.Data.Length);
                Put(image, 0x10, name.Length);
                break;
            case partial:
                fixedBytes = 0xC;
                image = [.. new byte[fixedBytes], .. value.Data];
                Put(image, 4, (int)value.Type);
                Put(image, 8, value.Data.Length);
                break;
            case partialAlign64:
                fixedBytes = 8;
                image = [.. new byte[fixedBytes], .. value.Data];
                Put(image, 0, (int)value.Type);
                Put(image, 4, value.Data.Length);
                break;
            default:
                return NtStatus.InvalidParameter;
        }

        return Answer(image, fixedBytes, buffer, length, resultLength);
    }

    private NtStatus Answer(byte[] image, int fixedBytes, VirtualAddress buffer, uint length, Out<uint> resultLength)
    {
        resultLength.Set(Memory, (uint)image.Length);
        if (length < fixedBytes)
            return NtStatus.BufferTooSmall;
        var room = (int)Math.Min(length, (uint)image.Length);
        Memory.Write(buffer, image.AsSpan(0, room));
        return room < image.Length ? NtStatus.BufferOverflow : NtStatus.Success;
    }

    private static void Put(byte[] image, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset), value);
}
