using BenchmarkDotNet.Attributes;
using LastRef.Cpu;

namespace LastRef.Benchmarks;

/// <summary>The interpreter alone, by program.</summary>
[MemoryDiagnoser]
public class CpuBenchmarks : IDisposable
{
    private ManagedGuest? _guest;

    [Params("memcpy", "strlen", "hash", "list", "fib", "import", "driver", "priv", "cold")]
    public string Program { get; set; } = "driver";

    [GlobalSetup]
    public void Setup() => _guest = new ManagedGuest(GuestProgram.Load(Program));

    [GlobalCleanup]
    public void Dispose()
    {
        _guest?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ulong Run() => _guest!.Run(100);
}
