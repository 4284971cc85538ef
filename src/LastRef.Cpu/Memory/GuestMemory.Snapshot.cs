namespace LastRef.Cpu;

public sealed unsafe partial class GuestMemory
{
    private readonly List<MemorySnapshot> _snapshots = [];
    private UndoRecord[] _undo = new UndoRecord[256];
    private int _undoCount;

    /// <summary>Frames with this tag have contents of their own; every snapshot and restore starts a new epoch. Epoch 0 is never current.</summary>
    private ulong _epoch = 1;

    private bool IsRecording => _snapshots.Count > 0;

    /// <summary>Remembers contents, mappings and access of all pages. Costs nothing per page; the first write to each page afterwards copies it.</summary>
    /// <remarks>Device contents and the processor's registers are not part of it.</remarks>
    public MemorySnapshot TakeSnapshot()
    {
        var snapshot = new MemorySnapshot(this, _undoCount);
        _snapshots.Add(snapshot);
        _epoch++;
        Clear(WriteTlb);
        return snapshot;
    }

    /// <summary>Brings back the state of a snapshot, which stays valid. Snapshots taken after it end.</summary>
    /// <exception cref="InvalidOperationException">The snapshot ended already or belongs to another memory.</exception>
    public void Restore(MemorySnapshot snapshot)
    {
        int index = _snapshots.IndexOf(snapshot);
        if (index < 0)
            throw new InvalidOperationException("The snapshot is no longer valid.");
        for (int i = _snapshots.Count - 1; i > index; i--)
        {
            _snapshots[i].IsValid = false;
            _snapshots.RemoveAt(i);
        }

        while (_undoCount > snapshot.UndoPosition)
            Undo(_undo[--_undoCount]);
        _epoch++;
        FlushTlbs();
    }

    /// <summary>Ends a snapshot without restoring; what only it kept is freed once no older snapshot is left.</summary>
    internal void Forget(MemorySnapshot snapshot)
    {
        snapshot.IsValid = false;
        if (_disposed || !_snapshots.Remove(snapshot) || _snapshots.Count > 0)
            return;
        for (int i = 0; i < _undoCount; i++)
        {
            UndoRecord record = _undo[i];
            if (record.Kind == UndoKind.Contents)
                _frames.FreeBuffer(record.Data);
            else if (record.Kind == UndoKind.Unmapped && record.Device == 0)
                _frames.Release(record.Frame);
        }

        _undoCount = 0;
    }

    private void Undo(in UndoRecord record)
    {
        switch (record.Kind)
        {
            case UndoKind.Contents:
                Frame* frame = _frames[record.Frame];
                _frames.FreeBuffer(frame->Data);
                frame->Data = record.Data;
                frame->Epoch = record.Page;
                ForgetCode(record.Frame);
                break;
            case UndoKind.Mapped:
                DropPage(record.Page, keepFrame: false);
                break;
            case UndoKind.Unmapped:
                _table.Add(record.Page, record.Frame, record.Access, record.Device);
                break;
            case UndoKind.Protected:
                SetAccess(_table.Find(record.Page), record.Page, record.Access);
                break;
        }
    }

    private void Record(in UndoRecord record)
    {
        if (_undoCount == _undo.Length)
            Array.Resize(ref _undo, _undoCount * 2);
        _undo[_undoCount++] = record;
    }
}
