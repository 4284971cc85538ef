namespace LastRef.Kernel;

/// <summary>A key of the lab's registry.</summary>
/// <remarks>Keys and values keep the order in which they were made, as enumeration by index needs a fixed one.</remarks>
internal sealed class RegistryKey(string name, RegistryKey? parent)
{
    private readonly List<RegistryKey> _children = [];
    private readonly List<RegistryValue> _values = [];

    public string Name { get; } = name;

    public RegistryKey? Parent { get; } = parent;

    public IReadOnlyList<RegistryKey> Children => _children;

    public IReadOnlyList<RegistryValue> Values => _values;

    /// <summary>Deleted keys stay reachable through open handles and refuse work (Doc: ZwDeleteKey).</summary>
    public bool IsDeleted { get; private set; }

    public bool IsVolatile { get; init; }

    /// <summary>The class that its creator gave it; empty for none.</summary>
    public string Class { get; init; } = "";

    /// <summary>When the key or one of its values was last changed; 100 ns units since 1601.</summary>
    public long LastWriteTime100ns { get; set; }

    public string Path => Parent is null ? @"\REGISTRY" : Parent.Path + "\\" + Name;

    public RegistryKey? Find(string name) => _children.Find(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public RegistryValue? FindValue(string name) => _values.Find(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public RegistryKey Create(string name, bool isVolatile = false, string keyClass = "")
    {
        if (Find(name) is { } existing)
            return existing;
        var key = new RegistryKey(name, this) { IsVolatile = isVolatile, Class = keyClass };
        _children.Add(key);
        return key;
    }

    public void SetValue(RegistryValue value)
    {
        var index = _values.FindIndex(v => v.Name.Equals(value.Name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
            _values.Add(value);
        else
            _values[index] = value;
    }

    public bool DeleteValue(string name) => _values.RemoveAll(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) > 0;

    /// <returns>False while the key has subkeys.</returns>
    public bool Delete()
    {
        if (_children.Count > 0 || Parent is null)
            return false;
        IsDeleted = true;
        Parent._children.Remove(this);
        return true;
    }

    /// <summary>Deletes the key with everything below it, as RegDeleteTree does.</summary>
    public void DeleteTree()
    {
        foreach (var child in _children.ToArray())
            child.DeleteTree();
        Delete();
    }
}
