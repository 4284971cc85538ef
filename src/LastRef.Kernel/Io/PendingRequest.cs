namespace LastRef.Kernel;

/// <summary>A client's request that a driver has not completed.</summary>
/// <param name="Irp">The packet; gone once <see cref="Iosb"/> has a status other than STATUS_PENDING.</param>
/// <param name="Iosb">The client's status block.</param>
/// <param name="Buffer">Start of the client's memory of the request: status block, input, output.</param>
/// <param name="Output">The client's output buffer.</param>
internal sealed record PendingRequest(
    VirtualAddress Irp, VirtualAddress File, VirtualAddress Iosb, VirtualAddress Buffer, ulong BufferBytes, VirtualAddress Output, uint OutputBytes)
{
    /// <summary>What the request came to, once a client has taken it; the client's memory of the request is free then.</summary>
    public IoResult? Result { get; set; }
}
