using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LastRef;

/// <summary>Kernel stacks: which threads have code of an image on theirs.</summary>
public sealed partial class MachineSurvey
{
    private const int MostFrames = 32;

    /// <summary>Threads with values on their kernel stacks that point into an image.</summary>
    /// <remarks>
    /// Without unwinding these are possible frames: a value may be left over from an earlier call. The saved stack pointer is up to
    /// date for threads that wait, which are those that a hang is about.
    /// </remarks>
    public IReadOnlyList<CapturedStack> StacksIn(VirtualAddress imageBase, uint imageBytes)
    {
        var stacks = new List<CapturedStack>();
        if (imageBase.IsNull || imageBytes == 0)
            return stacks;
        var buffer = new byte[_options.StackBytes];
        foreach (var thread in Threads)
        {
            if (IsCancelled)
            {
                Gap("the kernel stacks: cut off on request");
                break;
            }

            var low = thread.KernelStack;
            if (!low.IsKernel || low < thread.StackLimit || low >= thread.StackBase)
                continue;
            var count = (int)Math.Min(thread.StackBase - low, (ulong)buffer.Length) & ~7;
            if (!Target.TryRead(low, buffer.AsSpan(0, count), out _))
                count = ReadPages(low, buffer, count);
            var frames = new List<VirtualAddress>();
            foreach (var value in MemoryMarshal.Cast<byte, ulong>(buffer.AsSpan(0, count)))
            {
                if (value - imageBase.Value < imageBytes && frames.Count < MostFrames)
                    frames.Add(new VirtualAddress(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value)));
            }

            if (frames.Count > 0)
                stacks.Add(new CapturedStack(thread.Address, thread.Process.Name, thread.Process.Id, frames, false, thread.WaitObject));
        }

        return stacks;
    }

    /// <summary>As many bytes as can be read from the low end; a stack that was swapped out has none.</summary>
    private int ReadPages(VirtualAddress low, byte[] buffer, int count)
    {
        var read = 0;
        while (read < count)
        {
            var step = Math.Min(count - read, 0x1000 - (int)((low + read).Value & 0xFFF));
            if (!Target.TryRead(low + read, buffer.AsSpan(read, step), out _))
                break;
            read += step;
        }

        return read;
    }
}
