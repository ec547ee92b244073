// Says of each file that standard input names what PDFBox and Bouncy Castle make of it: one line of JSON for each.

import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignerDigestMismatchException;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.Selector;

final class Pdfbox {
    private static final float TO_LOOK_AT = 72;
    private static final float TO_SEE_THAT_IT_CAN = 18;
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    public static void main(String[] none) throws IOException {
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String file = asked.readLine(); file != null; file = asked.readLine()) {
            String answer;
            try {
                answer = judged(Path.of(file));
            } catch (Exception | StackOverflowError error) {
                answer = "{\"failed\": \"" + error.toString().replaceAll("[^ -~]|[\"\\\\]", " ") + "\"}";
            }
            System.out.println(answer);
        }
    }

    private static String judged(Path file) throws Exception {
        byte[] data = Files.readAllBytes(file);
        List<String> signatures = new ArrayList<>();
        try (PDDocument document = PDDocument.load(data)) {
            Map<Integer, Integer> pages = new HashMap<>();
            for (PDSignature signature : document.getSignatureDictionaries()) {
                int[] range = signature.getByteRange();
                int end = range[2] + range[3];
                if (!pages.containsKey(end)) {
                    pages.put(end, drawn(Arrays.copyOf(data, end)));
                }
                signatures.add("[" + isValid(signature, data) + ", " + end + ", " + pages.get(end) + "]");
            }
            PDFRenderer renderer = new PDFRenderer(document);
            for (int page = 0; page < document.getNumberOfPages(); page++) {
                write(renderer.renderImageWithDPI(page, TO_LOOK_AT, ImageType.RGB), Path.of(file + "-" + (page + 1) + ".ppm"));
            }
        }
        return "{\"signatures\": [" + String.join(", ", signatures) + "]}";
    }

    /** Returns how many pages a revision has, all of which can be drawn. */
    private static int drawn(byte[] revision) throws IOException {
        try (PDDocument document = PDDocument.load(revision)) {
            PDFRenderer renderer = new PDFRenderer(document);
            for (int page = 0; page < document.getNumberOfPages(); page++) {
                renderer.renderImageWithDPI(page, TO_SEE_THAT_IT_CAN, ImageType.RGB);
            }
            return document.getNumberOfPages();
        }
    }

    @SuppressWarnings("unchecked")
    private static boolean isValid(PDSignature signature, byte[] data) throws Exception {
        CMSProcessableByteArray content = new CMSProcessableByteArray(signature.getSignedContent(data));
        CMSSignedData container = new CMSSignedData(content, signature.getContents(data));
        SignerInformation signer = container.getSignerInfos().getSigners().iterator().next();
        Selector<X509CertificateHolder> his = signer.getSID();
        X509CertificateHolder certificate = container.getCertificates().getMatches(his).iterator().next();
        try {
            return signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider(PROVIDER).build(certificate));
        } catch (CMSSignerDigestMismatchException error) {
            return false;
        }
    }

    private static void write(BufferedImage picture, Path file) throws IOException {
        int width = picture.getWidth(), height = picture.getHeight();
        int[] dots = picture.getRGB(0, 0, width, height, null, 0, width);
        byte[] colours = new byte[3 * dots.length];
        for (int at = 0; at < dots.length; at++) {
            colours[3 * at] = (byte) (dots[at] >> 16);
            colours[3 * at + 1] = (byte) (dots[at] >> 8);
            colours[3 * at + 2] = (byte) dots[at];
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(("P6\n" + width + " " + height + "\n255\n").getBytes(StandardCharsets.US_ASCII));
            out.write(colours);
        }
    }
}
