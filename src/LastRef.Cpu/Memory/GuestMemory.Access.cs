using System.Buffers.Binary;

namespace LastRef.Cpu;

public sealed unsafe partial class GuestMemory
{
    /// <summary>Reads bytes whatever the page access, across pages.</summary>
    /// <returns>False when a page is not mapped; the buffer is then partly filled.</returns>
    public bool TryRead(ulong address, Span<byte> buffer)
    {
        TlbEntry* slot = LookupTlb + Index(address);
        if (((address + (ulong)buffer.Length - 1) & TlbEntry.PageMask) == slot->Tag && (address & TlbEntry.PageMask) == slot->Tag)
        {
            new ReadOnlySpan<byte>((byte*)(address + slot->Addend), buffer.Length).CopyTo(buffer);
            return true;
        }

        return ReadSlow(address, buffer);
    }

    /// <summary>Writes bytes whatever the page access, across pages, all or nothing. Decoded code in the changed bytes is discarded.</summary>
    /// <returns>False when a page is not mapped; nothing is written then.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        TlbEntry* slot = WriteTlb + Index(address);
        if (((address + (ulong)bytes.Length - 1) & TlbEntry.PageMask) == slot->Tag && (address & TlbEntry.PageMask) == slot->Tag)
        {
            bytes.CopyTo(new Span<byte>((byte*)(address + slot->Addend), bytes.Length));
            return true;
        }

        return WriteSlow(address, bytes);
    }

    private bool ReadSlow(ulong address, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int offset = (int)(address & (PageSize - 1));
            int length = Math.Min(buffer.Length, PageSize - offset);
            ulong page = address - (ulong)offset;
            PageEntry* entry = _table.Find(page);
            if (entry == null)
                return false;
            if (entry->Device != 0)
            {
                ReadDevice(entry, offset, buffer[..length]);
            }
            else
            {
                byte* data = _frames[entry->Frame]->Data;
                new ReadOnlySpan<byte>(data + offset, length).CopyTo(buffer);
                TlbEntry* slot = LookupTlb + Index(page);
                slot->Tag = page;
                slot->Addend = (ulong)data - page;
            }

            buffer = buffer[length..];
            address += (ulong)length;
        }

        return true;
    }

    private bool WriteSlow(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return true;
        ulong last = address + (ulong)bytes.Length - 1;
        if (last < address)
            return false;
        for (ulong page = address & TlbEntry.PageMask; ; page += PageSize)
        {
            if (_table.Find(page) == null)
                return false;
            if (page == (last & TlbEntry.PageMask))
                break;
        }

        while (bytes.Length > 0)
        {
            int offset = (int)(address & (PageSize - 1));
            int length = Math.Min(bytes.Length, PageSize - offset);
            PageEntry* entry = _table.Find(address - (ulong)offset);
            if (entry->Device != 0)
            {
                WriteDevice(entry, offset, bytes[..length]);
            }
            else
            {
                byte* data = MakePrivate(entry->Frame);
                bytes[..length].CopyTo(new Span<byte>(data + offset, length));
                NoteWrite(entry->Frame, offset, length);
                if ((entry->Access & PageAccess.Write) != 0)
                    FillWrite(address, data, entry->Frame);
            }

            bytes = bytes[length..];
            address += (ulong)length;
        }

        return true;
    }

    internal void ReadDevice(PageEntry* entry, int offset, Span<byte> buffer)
    {
        DeviceAccesses++;
        ulong start = ((ulong)entry->Frame * PageSize) + (ulong)offset;
        int step = buffer.Length is 2 or 4 or 8 ? buffer.Length : 1;
        Span<byte> value = stackalloc byte[8];
        for (int i = 0; i < buffer.Length; i += step)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value, Device(entry).Read(start + (ulong)i, step));
            value[..step].CopyTo(buffer[i..]);
        }
    }

    internal void WriteDevice(PageEntry* entry, int offset, ReadOnlySpan<byte> bytes)
    {
        DeviceAccesses++;
        ulong start = ((ulong)entry->Frame * PageSize) + (ulong)offset;
        int step = bytes.Length is 2 or 4 or 8 ? bytes.Length : 1;
        Span<byte> value = stackalloc byte[8];
        for (int i = 0; i < bytes.Length; i += step)
        {
            value.Clear();
            bytes.Slice(i, step).CopyTo(value);
            Device(entry).Write(start + (ulong)i, step, BinaryPrimitives.ReadUInt64LittleEndian(value));
        }
    }
}
