using System.Globalization;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Media;

/// <summary>
/// Files while they are looked at. Each process has its own folder below <c>Media:TempFolder</c>, and beside it a lock that the system
/// lets go when the process dies, however it dies. Folders whose lock is free are removed at the start and every hour, and in its own
/// folder what is older than 30 days; the own folder goes when the process stops. What other living processes have is never touched.
/// </summary>
public sealed partial class TempFolder(IOptions<MediaOptions> options, TimeProvider timeProvider, ILogger<TempFolder> logger)
    : ResilientLoop(timeProvider, logger)
{
    private const string LockName = ".lock";
    private const int MostTries = 10;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly string _root = Path.GetFullPath(options.Value.TempFolder ?? Path.Combine(Path.GetTempPath(), "switchboard-media"));
    private string? _own;
    private FileStream? _lock;
    private bool _isStarted;

    /// <summary>A place for a file; nothing is there.</summary>
    /// <exception cref="InvalidOperationException">The process has not started, or stops.</exception>
    public TempFile NewFile() => new(Path.Combine(
        _own ?? throw new InvalidOperationException("There is no folder for temporary files."),
        Guid.CreateVersion7(TimeProvider.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        CreateFolder(_root);
        (_lock, _own) = TakeFolder();
        CreateFolder(_own);
        TrySweep();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_own is not { } own || _lock is not { } held)
            return;
        _own = null;
        Remove(own, held);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _lock?.Dispose();
        base.Dispose();
    }

    /// <summary>Removes what dead processes left, and what is too old of this one's.</summary>
    internal void Sweep()
    {
        foreach (var file in Directory.EnumerateFiles(_root, "*" + LockName))
        {
            if (TryLock(file) is not { } free)
                continue;
            var folder = file[..^LockName.Length];
            Remove(folder, free);
            Log.Removed(logger, folder);
        }

        var before = (TimeProvider.GetUtcNow() - Longest).UtcDateTime;
        if (_own is { } own)
            foreach (var file in new DirectoryInfo(own).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before))
                file.Delete();
    }

    /// <inheritdoc/>
    protected override Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        // the start has swept already
        if (_isStarted)
            TrySweep();
        _isStarted = true;
        return Task.FromResult(SweepEvery);
    }

    private void TrySweep()
    {
        try
        {
            Sweep();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            // of another user, or in use by a program that is none of ours: an hour later once more
            Log.NotSwept(logger, _root, reason);
        }
    }

    // the lock is there before its folder and goes after it: there is no folder that nobody can be asked about
    private (FileStream Lock, string Folder) TakeFolder()
    {
        for (var tries = 1; ; tries++)
        {
            var folder = Path.Combine(_root, Guid.CreateVersion7(TimeProvider.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture));
            try
            {
                var held = Lock(folder + LockName, FileMode.CreateNew);
                if (File.Exists(held.Name))
                    return (held, folder);
                held.Dispose();
            }
            catch (IOException) when (tries < MostTries)
            {
                // another process swept between the making of the file and its locking; so it did where the file is gone
            }
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return Lock(path, FileMode.Open);
        }
        catch (IOException)
        {
            return null; // it is held, or somebody was quicker to remove it
        }
    }

    private static FileStream Lock(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);

    private static void Remove(string folder, FileStream held)
    {
        using (held)
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            if (!OperatingSystem.IsWindows())
                File.Delete(held.Name);
        }

        // Windows doesn't remove what is open
        if (OperatingSystem.IsWindows())
            File.Delete(held.Name);
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Folder}, which a process that is gone left")]
        public static partial void Removed(ILogger logger, string folder);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} could not be swept: {Reason}")]
        public static partial void NotSwept(ILogger logger, string folder, Redacted reason);
    }
}

/// <summary>The place of a file that is needed for a moment; what is there is deleted with it.</summary>
public sealed class TempFile(string path) : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Makes a file, for one writer.</summary>
    public static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.None,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    });

    /// <summary>Opens it for reading; by several at once.</summary>
    public FileStream OpenRead() => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        // gone with its folder when the process stops meanwhile
        if (Directory.Exists(System.IO.Path.GetDirectoryName(path)))
            File.Delete(path);
    }
}
