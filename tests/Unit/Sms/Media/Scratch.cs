namespace Switchboard.Tests.Unit.Sms.Media;

/// <summary>A folder for a test, and files in it.</summary>
public abstract class Scratch : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("switchboard-test-").FullName;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(Folder, recursive: true);

    protected string Write(byte[] content)
    {
        var path = Path.Combine(Folder, Guid.CreateVersion7().ToString());
        File.WriteAllBytes(path, content);
        return path;
    }

    protected FileStream Open(byte[] content) => File.OpenRead(Write(content));
}
