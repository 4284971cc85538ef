namespace LastRef.Kernel;

/// <summary>A refusal from user mode.</summary>
/// <param name="VetoType">PNP_VetoWindowsApp or PNP_VetoWindowsService (spec 5.6).</param>
/// <param name="Name">The application's module or the service's name.</param>
internal sealed record UserVeto(int VetoType, PnpDevice Device, string Name);
