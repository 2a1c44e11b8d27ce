using System.Security.Cryptography;
using System.Text;

namespace Aspire.Hosting.Run;

/// <summary>
/// Where servers keep their data. PostgreSQL and RabbitMQ refuse root or should not have it, so root starts them as their own users,
/// who must be able to reach the folder: below a closed home they cannot, and the data goes to <c>/var/tmp</c>.
/// </summary>
internal static class DataFolder
{
    private const string Elsewhere = "/var/tmp";

    public static string For(string toolFolder)
    {
        var folder = Path.Combine(toolFolder, "data");
        if (!Environment.IsPrivilegedProcess || IsReachable(toolFolder)) return folder;

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(toolFolder)))[..12];
        return Path.Combine(Elsewhere, $"{Path.GetFileName(toolFolder).TrimStart('.')}-{hash}");
    }

    public static string Temporary()
    {
        var parent = Path.GetTempPath();
        if (Environment.IsPrivilegedProcess && !IsReachable(parent)) parent = Elsewhere;
        return Path.Combine(parent, $"apphost-{Guid.CreateVersion7():N}");
    }

    /// <summary>Creates the folder. Others may pass through it, as servers with users of their own must, but not look around.</summary>
    /// <exception cref="DistributedApplicationException">Somebody else has put a link there.</exception>
    public static void Create(string folder)
    {
        var passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (Environment.IsPrivilegedProcess) passable |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var info = Directory.CreateDirectory(folder, passable);
        if (info.LinkTarget is not null) throw new DistributedApplicationException($"{folder} is a link; the data of the servers would end up elsewhere. Remove it.");
        File.SetUnixFileMode(folder, passable);
    }

    private static bool IsReachable(string folder)
    {
        for (var ancestor = new DirectoryInfo(folder); ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.Exists && !ancestor.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) return false;
        }

        return true;
    }
}
