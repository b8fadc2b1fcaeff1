using Attachments.Api.Settings;
using Attachments.Application.Errors;
using Attachments.Application.Previews;
using Microsoft.Extensions.Configuration;

namespace Attachments.UnitTests.Previews;

internal sealed class PreviewSettingsTests
{
    [Test]
    public void Have_three_sizes_by_default()
    {
        var options = Read();
        options.Enabled.ShouldBeNull();
        options.Libvips.ShouldBe(LibvipsSource.Bundled);
        options.GetPresets().Select(preset => $"{preset.Key} {preset.Value.Width}x{preset.Value.Height} {preset.Value.Fit}")
            .ShouldBe(["thumb 160x160 Cover", "small 480x480 Inside", "large 1600x1600 Inside"]);
    }

    [Test]
    public void Have_no_other_sizes_than_the_configured_ones() =>
        Read(("Presets:card:Width", "320"), ("Presets:card:Height", "200"), ("Presets:card:Fit", "cover")).GetPresets()
            .Select(preset => $"{preset.Key} {preset.Value.Width}x{preset.Value.Height} {preset.Value.Fit}")
            .ShouldBe(["card 320x200 Cover"]);

    [TestCase("Previews:Presets:a:Height is 0; it must be from 16 to 4096", "Presets:a:Width", "16")]
    [TestCase("Previews:Presets:a:Width is 4097; it must be from 16 to 4096", "Presets:a:Width", "4097", "Presets:a:Height", "16")]
    [TestCase("Previews:Presets:a:Size is not a setting; Previews:Presets:a has Width, Height, Fit.", "Presets:a:Size", "16")]
    [TestCase("Previews:Presets:a:Width is '16px'; it must be a whole number.", "Presets:a:Width", "16px")]
    [TestCase("Previews:Presets:a:Fit is 'fill'; it must be Inside or Cover.", "Presets:a:Fit", "fill")]
    [TestCase(
        "Previews:Presets is named 'a b'; it must have names of up to 32 letters, digits, - and _",
        "Presets:a b:Width", "16", "Presets:a b:Height", "16")]
    [TestCase("Previews:MaxSourceBytes is 0; it must be from 1 to 1073741824", "MaxSourceBytes", "0")]
    [TestCase("Previews:MaxMemoryBytes is 1; it must be 134217728 or more", "MaxMemoryBytes", "1")]
    [TestCase("Previews:MaxPixels is 0; it must be greater than 0", "MaxPixels", "0")]
    [TestCase("Previews:Timeout is 00:00:00; it must be from 00:00:01 to 00:10:00", "Timeout", "00:00:00")]
    [TestCase("Previews:WaitFor is 00:20:00; it must be from 00:00:00 to 00:10:00", "WaitFor", "00:20:00")]
    [TestCase("Previews:Concurrency is 0; it must be from 1 to 1024", "Concurrency", "0")]
    [TestCase("Previews:Queue is -1; it must be from 0 to 100000", "Queue", "-1")]
    [TestCase("Previews:Libvips is 'other'; it must be Bundled or System.", "Libvips", "other")]
    public void Refuse_what_is_not_usable(string message, params string[] settings) =>
        Should.Throw<ConfigurationException>(() => Read([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))])).Message.ShouldBe(message);

    [Test]
    public void Refuse_more_than_eight_sizes() =>
        Should.Throw<ConfigurationException>(() => Read([.. Enumerable.Range(0, 9).SelectMany(number => new[]
        {
            ($"Presets:p{number}:Width", "16"), ($"Presets:p{number}:Height", "16"),
        })])).Message.ShouldBe("Previews:Presets is 9 sizes; it can be 8 sizes at most");

    private static PreviewsOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"Previews:{setting.Key}", setting => (string?)setting.Value))
            .Build();
        return SettingsSections.Read(configuration.GetSection(PreviewsOptions.Section), new PreviewsValidator());
    }
}
