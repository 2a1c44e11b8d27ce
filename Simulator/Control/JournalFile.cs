using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Simulator.Control;

/// <summary>
/// An append-only file of JSON lines: each is with the operating system when <see cref="Append"/> returns, so that <c>kill -9</c>
/// loses none (a power cut may: nothing is forced to the disk). It is made with its first line.
/// </summary>
/// <param name="folder">Where; without one nothing is written.</param>
/// <param name="name">The file's name.</param>
internal sealed class JournalFile(string? folder, string name) : IDisposable
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();
    private readonly string? _path = string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, name);
    private readonly Lock _lock = new();
    private FileStream? _file;

    /// <summary>Whether anything is written at all.</summary>
    public bool IsKept => _path is not null;

    /// <summary>Opens the file, if there is one.</summary>
    /// <returns>The lines of former runs.</returns>
    public IEnumerable<string> Open()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        _file = OpenOrCreate(_path);
        DropTornLine(_file);
        return File.ReadLines(_path);
    }

    public void Append<T>(T line, JsonTypeInfo<T> type)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, type), .. NewLine];
        lock (_lock)
        {
            (_file ??= OpenOrCreate(_path!)).Write(bytes);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _file?.SetLength(0);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static FileStream OpenOrCreate(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
    }

    // the process may have died in the middle of its last line; nobody was answered for that one
    private static void DropTornLine(FileStream file)
    {
        var length = file.Length;
        while (length > 0 && ByteAt(length - 1) != '\n')
        {
            length--;
        }

        file.SetLength(length);
        file.Seek(0, SeekOrigin.End);

        int ByteAt(long position)
        {
            file.Position = position;
            return file.ReadByte();
        }
    }
}
