using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Switchboard.ServiceDefaults;

/// <summary>
/// The file that the setting <c>SettingsFile</c> names: JSON whose values stand above all others, the environment too, and are read again
/// whenever it changes. So what is looked up at each use, such as the flags of optimisations, is changed in running processes: by a file
/// that is mounted into all of them. One that is not there says nothing.
/// </summary>
internal static class SettingsFile
{
    /// <summary>The setting that names it.</summary>
    public const string Setting = "SettingsFile";

    /// <exception cref="InvalidOperationException">There is no such folder.</exception>
    public static void AddSettingsFile(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[Setting] is not { Length: > 0 } name)
            return;
        var path = Path.GetFullPath(name);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            throw new InvalidOperationException($"{Setting} is {name}, but there is no folder {folder}.");
        var source = new JsonConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(folder),
            Path = Path.GetFileName(path),
            Optional = true,
            ReloadOnChange = true,
            // a file that cannot be read changes nothing: it fails the start, and after that nobody is told of a reload
            OnLoadException = failure => Console.Error.WriteLine($"{path} was not read: {failure.Exception.Message}"),
        };
        builder.Configuration.Sources.Add(source);
    }
}
