using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>SystemProcessInformation: every process with its threads, one entry behind the other.</summary>
/// <remarks>
/// Doc: SYSTEM_PROCESS_INFORMATION and SYSTEM_THREAD_INFORMATION, Win32 reference (winternl.h). Times of use and memory are zero, as the
/// lab does not measure them.
/// </remarks>
internal sealed partial class Executive
{
    private const int ProcessEntryBytes = 0x100;
    private const int ThreadEntryBytes = 0x50;

    private byte[] ProcessInformation()
    {
        var entries = new List<byte[]> { ProcessEntry(default, default) };
        foreach (var process in _kernel.Ps.Processes)
            entries.Add(ProcessEntry(process, _kernel.Ps.ThreadsOf(process)));
        for (var i = 0; i < entries.Count - 1; i++)
            BitConverter.TryWriteBytes(entries[i], entries[i].Length);
        return [.. entries.SelectMany(entry => entry)];
    }

    /// <summary>One process; the idle process, number 0, is not in the lab and has neither name nor object.</summary>
    /// <remarks>ImageName points behind the threads; its buffer is given as an offset here and made an address by <see cref="AnswerProcesses"/>.</remarks>
    private byte[] ProcessEntry(VirtualAddress address, IReadOnlyList<KernelThread>? threads)
    {
        var name = address.IsNull ? "" : _kernel.Ps.ImageNameOf(address);
        var count = threads?.Count ?? 0;
        var nameOffset = ProcessEntryBytes + (count * ThreadEntryBytes);
        var nameBytes = name.Length == 0 ? 0 : (name.Length + 1) * 2;
        var entry = new byte[(nameOffset + nameBytes + 7) & ~7];
        Put(4, (uint)count);
        if (address.IsNull)
            return entry;
        var process = new EProcess(Memory, address);
        Put(0x20, (ulong)process.CreateTime);
        Put(0x38, (uint)(ushort)(name.Length * 2) | ((uint)nameBytes << 16));
        Put(0x40, (ulong)nameOffset);
        Put(0x48, (uint)process.Pcb.BasePriority);
        Put(0x50, process.UniqueProcessId.Value);
        Put(0x58, process.InheritedFromUniqueProcessId.Value);
        Put(0x60, (uint)_kernel.Ob.HandlesOf(address).Count());
        Put(0x68, address.Value);
        for (var i = 0; i < count; i++)
            ThreadEntry(threads![i], entry.AsSpan(ProcessEntryBytes + (i * ThreadEntryBytes), ThreadEntryBytes));
        Encoding.Unicode.GetBytes(name, entry.AsSpan(nameOffset));
        return entry;

        void Put<T>(int offset, T value)
            where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Write(entry.AsSpan(offset), in value);
    }

    /// <summary>CreateTime 10h, StartAddress 20h, ClientId 28h, Priority 38h, BasePriority 3Ch, ThreadState 44h.</summary>
    private void ThreadEntry(KernelThread thread, Span<byte> entry)
    {
        var ethread = new EThread(Memory, thread.Address);
        BitConverter.TryWriteBytes(entry[0x10..], ethread.CreateTime);
        BitConverter.TryWriteBytes(entry[0x20..], ethread.StartAddress.Value);
        BitConverter.TryWriteBytes(entry[0x28..], ethread.UniqueProcess.Value);
        BitConverter.TryWriteBytes(entry[0x30..], ethread.UniqueThread.Value);
        BitConverter.TryWriteBytes(entry[0x38..], (int)ethread.Tcb.Priority);
        BitConverter.TryWriteBytes(entry[0x3C..], (int)ethread.Tcb.BasePriority);
        BitConverter.TryWriteBytes(entry[0x44..], (int)ethread.Tcb.State);
    }

    /// <summary>As <see cref="Answer"/>, with the names' addresses in the caller's buffer.</summary>
    private NtStatus AnswerProcesses(VirtualAddress buffer, uint length, VirtualAddress returnLength)
    {
        var data = ProcessInformation();
        for (var entry = 0; ;)
        {
            if (BitConverter.ToUInt64(data, entry + 0x40) is not 0 and var name)
                BitConverter.TryWriteBytes(data.AsSpan(entry + 0x40), (buffer + (ulong)entry + name).Value);
            if (BitConverter.ToInt32(data, entry) is not 0 and var next)
                entry += next;
            else
                return Answer(data, buffer, length, returnLength);
        }
    }
}
