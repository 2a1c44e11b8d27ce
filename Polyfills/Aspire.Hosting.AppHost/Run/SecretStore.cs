using System.Text.Json;

namespace Aspire.Hosting.Run;

/// <summary>Generated passwords and keys, kept beside the data they lock, in a file that only the owner reads.</summary>
internal sealed class SecretStore(string path)
{
    private readonly Lock _lock = new();
    private Dictionary<string, string>? _values;

    public string GetOrAdd(string key, Func<string> generate)
    {
        lock (_lock)
        {
            _values ??= File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [] : [];
            if (_values.TryGetValue(key, out var value)) return value;

            _values[key] = value = generate();
            DataFolder.Create(Path.GetDirectoryName(path)!);
            PrivateFile.Write(path, JsonSerializer.Serialize(_values));
            return value;
        }
    }
}
