package mail

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1" // the format's own digest
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// errLocked says that no password opens a member of an archive.
var errLocked = errors.New("no known password opens it")

const (
	aesMethod     = 99     // WinZip AES: the real method is in the extra field
	aesExtra      = 0x9901 // its header there
	zipIterations = 1000   // of PBKDF2, fixed by the WinZip AES specification
	zipMACSize    = 10     // bytes of HMAC-SHA1 that are kept
	zipHeaderSize = 12     // bytes before the data of traditional encryption
)

// lockedBytes opens an encrypted member with the first password that fits and
// reads at most one byte more than most. Both ways in use are known: the
// traditional one (PKWARE APPNOTE 6.3.10, section 6.1), which Chinese banks and
// payment exports use, and WinZip's AES (AE-1 and AE-2, specification 1.04).
// The standard library reads the archive but decrypts nothing, and no kept
// library was to be had. A wrong password is found by the digest: the check
// byte of the traditional way lets one in 256 through.
func lockedBytes(f *zip.File, passwords []string, most int) ([]byte, error) {
	raw, err := rawBytes(f)
	if err != nil {
		return nil, err
	}
	for _, p := range passwords {
		body, err := unlock(f, raw, []byte(p), most)
		if err == nil || !errors.Is(err, errLocked) {
			return body, err
		}
	}
	return nil, errLocked
}

func rawBytes(f *zip.File) ([]byte, error) {
	r, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxMember+1))
	if err == nil && len(raw) > maxMember {
		err = errors.New("larger than what is read")
	}
	return raw, err
}

func unlock(f *zip.File, raw, password []byte, most int) ([]byte, error) {
	if f.Method == aesMethod {
		return unlockAES(f, raw, password, most)
	}
	plain, ok := traditional(f, raw, password)
	if !ok {
		return nil, errLocked
	}
	body, err := inflate(plain, f.Method, most)
	if err != nil || (len(body) <= most && crc32.ChecksumIEEE(body) != f.CRC32) {
		return nil, errLocked // a wrong password that passed the check byte
	}
	return body, nil
}

// inflate undoes the two methods that archives of documents use.
func inflate(data []byte, method uint16, most int) ([]byte, error) {
	var r io.Reader = bytes.NewReader(data)
	switch method {
	case zip.Store:
	case zip.Deflate:
		r = flate.NewReader(r)
	default:
		return nil, fmt.Errorf("compressed by method %d, which is not known", method)
	}
	return io.ReadAll(io.LimitReader(r, int64(most)+1))
}

// unlockAES checks the password's two bytes and the authentication code, then
// decrypts.
func unlockAES(f *zip.File, raw, password []byte, most int) ([]byte, error) {
	strength, method, err := aesHeader(f.Extra)
	if err != nil {
		return nil, err
	}
	keySize := 8 + 8*strength // 16, 24 or 32 bytes; the salt is half of it
	salt := keySize / 2
	if len(raw) < salt+2+zipMACSize {
		return nil, errors.New("too short to be encrypted")
	}
	keys, err := pbkdf2.Key(sha1.New, string(password), raw[:salt], zipIterations, 2*keySize+2)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(keys[2*keySize:], raw[salt:salt+2]) {
		return nil, errLocked
	}
	data, code := raw[salt+2:len(raw)-zipMACSize], raw[len(raw)-zipMACSize:]
	mac := hmac.New(sha1.New, keys[keySize:2*keySize])
	mac.Write(data)
	if !hmac.Equal(mac.Sum(nil)[:zipMACSize], code) {
		return nil, errLocked
	}
	if err := aesCounter(keys[:keySize], data); err != nil {
		return nil, err
	}
	return inflate(data, method, most)
}

// aesHeader finds the strength (1 to 3) and the real method in the extra field.
func aesHeader(extra []byte) (strength int, method uint16, err error) {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			break
		}
		if id == aesExtra && size >= 7 && extra[4] >= 1 && extra[4] <= 3 {
			return int(extra[4]), binary.LittleEndian.Uint16(extra[5:]), nil
		}
		extra = extra[size:]
	}
	return 0, 0, errors.New("encrypted in a way that is not known")
}

// aesCounter decrypts in place. The counter is little-endian and starts at 1,
// unlike that of crypto/cipher.
func aesCounter(key, data []byte) error {
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	var counter, pad [aes.BlockSize]byte
	for n := uint64(1); len(data) > 0; n++ {
		binary.LittleEndian.PutUint64(counter[:], n)
		block.Encrypt(pad[:], counter[:])
		size := min(len(data), len(pad))
		for i := range size {
			data[i] ^= pad[i]
		}
		data = data[size:]
	}
	return nil
}

// traditional decrypts by the three keys of APPNOTE 6.1. ok is false where the
// last byte of the header is not the one that the archive says.
func traditional(f *zip.File, raw, password []byte) (plain []byte, ok bool) {
	if len(raw) < zipHeaderSize {
		return nil, false
	}
	k := zipKeys{0x12345678, 0x23456789, 0x34567890}
	for _, c := range password {
		k.update(c)
	}
	plain = make([]byte, len(raw))
	for i, c := range raw {
		plain[i] = c ^ k.stream()
		k.update(plain[i])
		if i == zipHeaderSize-1 && plain[i] != checkByte(f) {
			return nil, false
		}
	}
	return plain[zipHeaderSize:], true
}

// checkByte is the high byte of the digest, or of the time where the digest
// follows the data and was not known yet.
func checkByte(f *zip.File) byte {
	if f.Flags&8 != 0 {
		return byte(f.ModifiedTime >> 8) //nolint:staticcheck // the raw field is what was used
	}
	return byte(f.CRC32 >> 24)
}

type zipKeys [3]uint32

func (k *zipKeys) update(c byte) {
	k[0] = crc32.IEEETable[byte(k[0])^c] ^ k[0]>>8
	k[1] = (k[1]+k[0]&0xff)*134775813 + 1
	k[2] = crc32.IEEETable[byte(k[2])^byte(k[1]>>24)] ^ k[2]>>8
}

func (k *zipKeys) stream() byte {
	t := k[2] | 2
	return byte(t * (t ^ 1) >> 8)
}
