using System.Buffers.Binary;

namespace LastRef;

/// <summary>Everything about drivers that can be found in the memory of a stopped machine, from kernel variables alone.</summary>
/// <remarks>
/// Nothing read is trusted: each walk is bounded and says how it ended, and what could not be seen is a line in <see cref="Gaps"/>.
/// What is found is kept, so that one survey answers several questions. Spec: U-8.1 to U-8.3, dump-format section 17.
/// </remarks>
public sealed partial class MachineSurvey
{
    private readonly IMachineMemory _machine;
    private readonly SurveyOptions _options;
    private readonly List<string> _gaps = [];
    private readonly HashSet<string> _gapsSeen = new(StringComparer.Ordinal);
    private int _gapsLeftOut;

    public MachineSurvey(IMachineMemory machine, SurveyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        _machine = machine;
        _options = options ?? SurveyOptions.Default;
    }

    /// <summary>What could not be seen so far, one line each.</summary>
    public IReadOnlyList<string> Gaps => _gapsLeftOut == 0 ? _gaps : [.. _gaps, $"and {_gapsLeftOut} more places that could not be read"];

    public Target Target => _machine.Target;

    private TypeLayout Layout => Target.Layout;

    /// <summary>True when the caller asked to end early: what was not found may be there all the same.</summary>
    public bool IsCancelled => _options.Cancellation.IsCancellationRequested;

    private void Gap(string line)
    {
        if (!_gapsSeen.Add(line))
            return;
        if (_gaps.Count < _options.GapLimit)
            _gaps.Add(line);
        else
            _gapsLeftOut++;
    }

    private void NoteEnd<T>(string what, Walk<T> walk)
    {
        if (!walk.IsComplete)
            Gap($"{what}: {walk.Reservation}");
    }

    /// <summary>Reads one structure; what cannot be read, and a field that the symbols do not have, is a gap and the survey goes on.</summary>
    private T? Try<T>(string what, VirtualAddress address, Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (TargetReadException unreadable)
        {
            // A dump holds what it holds: a failed read is an answer, not an error.
            Gap($"{what} at {address}: {unreadable.Address} is unreadable ({unreadable.Failure})");
        }
        catch (InputException unknown)
        {
            // Without symbols of exactly this kernel some fields are not known.
            Gap($"{what}: {unknown.Message}");
        }

        return null;
    }

    /// <summary>The address of a kernel variable; null with a gap when it is not known.</summary>
    private VirtualAddress? Variable(string name, string what)
    {
        if (_machine.Find(name) is { IsKernel: true } address)
            return address;
        Gap($"{what}: the address of {name} is not known (symbols of this kernel would tell it)");
        return null;
    }

    private bool TryPointer(VirtualAddress address, out VirtualAddress value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var isRead = Target.TryRead(address, bytes, out _);
        value = new VirtualAddress(isRead ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0);
        return isRead;
    }

    private bool TryUInt32(VirtualAddress address, out uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        var isRead = Target.TryRead(address, bytes, out _);
        value = isRead ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return isRead;
    }

    private void Report(string work, long done, long total) => _options.Progress?.Report(new SurveyProgress(work, done, total));
}
