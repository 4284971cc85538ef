namespace LastRef;

/// <summary>Work items in the queues of the executive.</summary>
/// <param name="Items">Those of ExQueueWorkItem.</param>
/// <param name="IoItems">Those of the I/O manager: its <c>IO_WORKITEM</c>s.</param>
internal sealed record QueuedWork(IReadOnlyList<VirtualAddress> Items, IReadOnlyList<VirtualAddress> IoItems);
