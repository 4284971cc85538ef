using BenchmarkDotNet.Running;
using LastRef.Benchmarks;

// "--ratios [ROUNDS]" measures everything beside Unicorn, interleaved in this process, and prints the table of docs/cpu.md.
if (args is ["--ratios", ..])
{
    Ratios.Print(args.Length > 1 ? int.Parse(args[1]) : 5);
    return 0;
}

// "--scenarios FOLDER" times every scenario of the model drivers in that folder, in this warm process.
if (args is ["--scenarios", var folder])
{
    LabSpeed.PrintScenarios(folder);
    return 0;
}

// "--ledger FOLDER" runs the scenarios of the drivers in that folder with and without the trace, and prints what it costs.
if (args is ["--ledger", var drivers])
{
    LedgerCost.Print(drivers);
    return 0;
}

// "--process EMPTY TOOL ARGUMENT…" times whole processes in turn: the tool's and an empty one's.
if (args is ["--process", var empty, .. var tool])
{
    LabSpeed.PrintProcesses(tool, empty);
    return 0;
}

// "--dumps DRIVER FOLDER" makes sparse dumps of large machines in that folder and times the verdict on one driver of each.
if (args is ["--dumps", var driver, var dumps])
{
    DumpSpeed.Print(driver, dumps);
    return 0;
}

// "--scaling DRIVER" shows how the cost grows with the number of devices and of handles.
if (args is ["--scaling", var scaled])
{
    Scaling.Print(scaled);
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Ratios).Assembly).Run(args);
return 0;
