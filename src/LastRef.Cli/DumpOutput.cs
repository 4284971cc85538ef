using LastRef.Dumps;
using LastRef.Lab;

namespace LastRef.Cli;

/// <summary>Saves the lab's machine as a crash dump: that of the scenario with the worst verdict, as its end left it.</summary>
internal sealed class DumpOutput(string path) : IDisposable
{
    private readonly string _temporary = path + ".lastref-new";
    private Verdict? _worst;
    private InputException? _failure;

    /// <summary>Where the dump goes.</summary>
    public string Path => path;

    /// <summary>The scenario that the dump shows; null until one has ended.</summary>
    public string? Scenario { get; private set; }

    /// <summary>Takes the machine at the end of a scenario, if that decides the verdict so far.</summary>
    public void OnConcluded(ScenarioResult result, Func<MachineImage> machine)
    {
        if (_failure is not null || (_worst is { } worst && result.Verdict.Verdict >= worst))
            return;
        _worst = result.Verdict.Verdict;
        Scenario = result.Verdict.Scenario;
        try
        {
            DumpWriter.Write(machine(), _temporary);
        }
        catch (InputException refused)
        {
            // The check goes on, and its other outputs are written; the line comes at the end.
            _failure = new InputException(refused.Message.Replace(_temporary, path, StringComparison.Ordinal));
        }
    }

    /// <summary>Puts the dump in its place.</summary>
    /// <exception cref="InputException">It could not be written, or no scenario ended.</exception>
    public void Commit()
    {
        if (_failure is not null)
            throw _failure;
        if (Scenario is null)
            throw new InputException($"{path}: no dump was written, because no scenario ran");
        try
        {
            File.Move(_temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new InputException($"{path}: the dump cannot be written: {error.Message}");
        }
    }

    public void Dispose() => DumpWriter.TryDelete(_temporary);
}
