namespace Aspire.Hosting.Run;

/// <summary>Files with passwords: whole or not there, and for the owner alone from their first byte.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string content)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        using (var writer = new StreamWriter(file))
        {
            writer.Write(content);
        }

        File.Move(draft, path, overwrite: true);
    }
}
