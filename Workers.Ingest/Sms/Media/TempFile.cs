namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>The place of a file that is needed for a moment; what is there is deleted with it.</summary>
internal sealed class TempFile(string path) : IDisposable
{
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

    public void Dispose()
    {
        // gone with its folder when the process stops meanwhile
        if (Directory.Exists(System.IO.Path.GetDirectoryName(path)))
            File.Delete(path);
    }
}
