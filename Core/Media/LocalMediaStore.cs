namespace Switchboard.Core.Media;

/// <summary>
/// Keeps files in a folder, which every process of the product must reach. A file is written under a unique name in a folder beside and
/// renamed into its place when it is on disk, so that no reader sees a part of it, and two may save the same key.
/// </summary>
internal sealed class LocalMediaStore : IMediaStore
{
    // held by its writer until it has its place, and released when that dies; Windows renames no file that is held entirely
    private static readonly FileShare _held = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly string _root;
    private readonly string _unfinished;
    private readonly Lazy<int> _tidied;

    public LocalMediaStore(string folder)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        _unfinished = Path.Combine(_root, ".unfinished");
        _tidied = new(Tidy, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public async Task SaveAsync(string key, string path, string contentType, CancellationToken cancellationToken)
    {
        var place = PlaceOf(key);
        _ = _tidied.Value;
        CreateFolder(Path.GetDirectoryName(place)!);
        var unfinished = Path.Combine(_unfinished, Path.GetRandomFileName());
        try
        {
            await using var source = new FileStream(path, Reading(FileShare.Read));
            await using var target = new FileStream(unfinished, Writing());
            await source.CopyToAsync(target, cancellationToken);
            target.Flush(flushToDisk: true);
            File.Move(unfinished, place, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            // a reader of a file that is replaced or removed reads the former one to its end
            return Task.FromResult<Stream?>(new FileStream(PlaceOf(key), Reading(FileShare.ReadWrite | FileShare.Delete)));
        }
        catch (Exception reason) when (reason is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var place = PlaceOf(key);
        if (Directory.Exists(Path.GetDirectoryName(place)))
            File.Delete(place);
        return Task.CompletedTask;
    }

    private string PlaceOf(string key)
    {
        var place = Path.GetFullPath(Path.Combine(_root, key));
        return place.StartsWith(_root, StringComparison.Ordinal) && place.Length > _root.Length && !Path.EndsInDirectorySeparator(place)
            ? place
            : throw new ArgumentException($"'{key}' is no key of a file below the folder.", nameof(key));
    }

    // once a process, with its first file: removes what processes left that died; the number of files
    private int Tidy()
    {
        CreateFolder(_unfinished);
        var files = new DirectoryInfo(_unfinished).EnumerateFiles().Where(file => IsAbandoned(file.FullName)).ToList();
        files.ForEach(file => file.Delete());
        return files.Count;
    }

    private static bool IsAbandoned(string path)
    {
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false; // somebody writes it, or has finished it
        }
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions Writing() => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = _held,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    };

    private static FileStreamOptions Reading(FileShare share) => new()
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = share,
        BufferSize = 0,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
    };
}
