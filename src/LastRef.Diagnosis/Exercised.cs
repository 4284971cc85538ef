namespace LastRef;

/// <summary>What of the driver the scenarios brought to run: what was not run is not called clean.</summary>
/// <param name="Entry">DriverEntry succeeded.</param>
/// <param name="Add">AddDevice succeeded at least once.</param>
/// <param name="Start">A start of a device succeeded at least once.</param>
/// <param name="Open">An open succeeded at least once.</param>
/// <param name="Irps">Requests that reached the driver, as <c>IRP_MJ_PNP/IRP_MN_START_DEVICE</c>; sorted.</param>
/// <param name="CodeBytes">Bytes in executable sections of the image.</param>
/// <param name="CodeBytesRun">How many of them were executed.</param>
public sealed record Exercised(
    bool Entry, bool Add, bool Start, bool Open, IReadOnlyList<string> Irps, long CodeBytes, long CodeBytesRun);
