using LastRef.Cpu;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>Gathers over all scenarios what of the driver was brought to run.</summary>
internal sealed class ExercisedBuilder
{
    private readonly SortedSet<string> _irps = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _codeRvas = [];
    private readonly PeImage _image;
    private bool _entry;
    private bool _add;
    private bool _start;
    private bool _open;

    public ExercisedBuilder(PeImage image) => _image = image;

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
        foreach (var section in _image.Sections.Where(s => s.IsExecutable))
        {
            for (var offset = 0u; offset < section.VirtualSize; offset++)
            {
                if (coverage.WasRun((imageBase + section.Rva.Value + offset).Value))
                    _codeRvas.Add(section.Rva.Value + offset);
            }
        }
    }

    public Exercised Build() => new(
        _entry, _add, _start, _open, [.. _irps], _image.Sections.Where(s => s.IsExecutable).Sum(s => (long)s.VirtualSize), _codeRvas.Count);
}
