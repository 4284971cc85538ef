using System.Collections;
using LastRef.Cpu;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>Gathers over all scenarios what of the driver was brought to run.</summary>
internal sealed class ExercisedBuilder
{
    private readonly SortedSet<string> _irps = new(StringComparer.Ordinal);
    private readonly BitArray _codeRun;
    private readonly PeImage _image;
    private bool _entry;
    private bool _add;
    private bool _start;
    private bool _open;

    public ExercisedBuilder(PeImage image)
    {
        _image = image;
        _codeRun = new BitArray((int)CodeBytes);
    }

    private long CodeBytes => _image.Sections.Where(s => s.IsExecutable).Sum(s => (long)s.VirtualSize);

    /// <summary>Adds what another scenario brought to run.</summary>
    public void Add(ExercisedBuilder other)
    {
        _entry |= other._entry;
        _add |= other._add;
        _start |= other._start;
        _open |= other._open;
        _irps.UnionWith(other._irps);
        _codeRun.Or(other._codeRun);
    }

    public void Add(Trace trace, VirtualAddress driver, CodeCoverage coverage, VirtualAddress imageBase)
    {
        foreach (var call in trace.Of<DriverCallRecord>().Where(c => c.Result is not null))
        {
            var succeeded = new NtStatus((int)(uint)call.Result!.Value).IsSuccess;
            _entry |= succeeded && call is { Kind: DriverCallKind.DriverEntry } && call.Driver == driver;
            _add |= succeeded && call is { Kind: DriverCallKind.AddDevice } && call.Driver == driver;
        }

        foreach (var irp in trace.Of<IrpRecord>().Where(i => i.Step == IrpStep.Sent && i.Driver == driver))
            _irps.Add(IrpNames.Of(irp.Major, irp.Minor));
        foreach (var stimulus in trace.Of<StimulusRecord>().Where(s => s.Status is { IsSuccess: true }))
        {
            _start |= stimulus.Kind == StimulusKind.StartDevice;
            _open |= stimulus.Kind == StimulusKind.OpenDevice;
        }

        if (imageBase.IsNull)
            return;
        var bit = 0;
        foreach (var section in _image.Sections.Where(s => s.IsExecutable))
        {
            var start = (imageBase + section.Rva.Value).Value;
            for (var offset = 0u; offset < section.VirtualSize; offset++, bit++)
            {
                if (coverage.WasRun(start + offset))
                    _codeRun[bit] = true;
            }
        }
    }

    public Exercised Build() => new(
        _entry, _add, _start, _open, [.. _irps], CodeBytes, CountRun());

    private int CountRun()
    {
        var count = 0;
        foreach (bool run in _codeRun)
            count += run ? 1 : 0;
        return count;
    }
}
