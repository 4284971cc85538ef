using BenchmarkDotNet.Running;
using LastRef.Benchmarks;

// "--ratios [ROUNDS]" measures everything beside Unicorn, interleaved in this process, and prints the table of docs/cpu.md.
if (args is ["--ratios", ..])
{
    Ratios.Print(args.Length > 1 ? int.Parse(args[1]) : 5);
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Ratios).Assembly).Run(args);
return 0;
